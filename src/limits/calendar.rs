//! Budget durations (`30s`, `15m`, `1h`, `1d`, `1w`, `1mo`) and the calendar, in UTC.

const DAY_S: i64 = 86_400;

/// A budget's period by upstream's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Duration {
    value: i64,
    unit: Unit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unit {
    Second,
    Minute,
    Hour,
    Day,
    Month,
}

impl Duration {
    /// Reads `<number><s|m|h|d|w|mo>`, `hourly`, `daily`, `weekly` or `monthly`; None for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let text = match text.trim().to_ascii_lowercase().as_str() {
            "hourly" => "1h",
            "daily" => "24h",
            "weekly" => "7d",
            "monthly" => "30d",
            _ => text,
        };
        let digits = text.find(|character: char| !character.is_ascii_digit())?;
        let (number, unit) = text.split_at_checked(digits)?;
        let value: i64 = number.parse().ok().filter(|value| (1..=100_000).contains(value))?;
        let (value, unit) = match unit {
            "s" => (value, Unit::Second),
            "m" => (value, Unit::Minute),
            "h" => (value, Unit::Hour),
            "d" => (value, Unit::Day),
            "w" => (value * 7, Unit::Day),
            "mo" => (value, Unit::Month),
            _ => return None,
        };
        Some(Self { value, unit })
    }

    /// The end of the period that `now` (seconds since 1970, UTC) is in, aligned as upstream: 1 day to midnight, 7 days
    /// to Monday, 30 days and months to the first, others to multiples within the next larger unit.
    pub fn next_reset(self, now: f64) -> f64 {
        let now = now.floor() as i64;
        let next = |unit_s: i64, whole_s: i64| {
            let start = now.div_euclid(whole_s) * whole_s;
            let passed = (now - start) / unit_s;
            start + (passed / self.value + 1) * self.value * unit_s
        };
        let day = now.div_euclid(DAY_S);
        let reset = match (self.unit, self.value) {
            (Unit::Second, _) => next(1, 60),
            (Unit::Minute, _) => next(60, 3600),
            (Unit::Hour, _) => next(3600, DAY_S),
            // 1970-01-01 was a Thursday.
            (Unit::Day, 7) => (day + 7 - (day + 3).rem_euclid(7)) * DAY_S,
            (Unit::Day, 30) => first_of_month_after(day, 1) * DAY_S,
            (Unit::Day, days) => (day + days) * DAY_S,
            (Unit::Month, months) => first_of_month_after(day, months) * DAY_S,
        };
        reset as f64
    }
}

/// The day (since 1970) of the first of the month, `months` after that of `day`.
fn first_of_month_after(day: i64, months: i64) -> i64 {
    // Civil dates by Hinnant's algorithms, with years that start in March.
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * of_year + 2) / 153;
    let month = (era * 400 + year_of_era) * 12 + march_month + months;
    let (year, march_month) = (month.div_euclid(12), month.rem_euclid(12));
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * march_month + 2) / 5;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year - 719_468
}
