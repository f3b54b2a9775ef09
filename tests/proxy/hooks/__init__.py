"""Tests of the gateway's hooks."""
