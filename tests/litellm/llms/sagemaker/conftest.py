"""A loopback AWS for every test here, and an environment without AWS of its own."""

from tests.support.aws_fixtures import aws, no_aws_around

__all__ = ["aws", "no_aws_around"]
