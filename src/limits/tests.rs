use std::sync::atomic::{AtomicU64, Ordering};

use super::window::Window;
use super::*;

fn limit(key: &str, limit: u64, cost: u64) -> Limit<'_> {
    Limit { key, limit, window_ms: 60_000, cost }
}

#[test]
fn a_window_has_the_size_it_is_built_for() {
    assert_eq!(std::mem::size_of::<Window>(), 96);
}

#[test]
fn a_burst_frees_up_one_window_later() {
    let table = LimitTable::default();
    assert_eq!(table.check(&[limit("k", 2, 2)], 1_000).refused, None);
    let refused = table.check(&[limit("k", 2, 1)], 31_000);
    assert_eq!((refused.refused, refused.retry_after_ms), (Some(0), Some(30_000)));
    assert_eq!(table.check(&[limit("k", 2, 1)], 60_999).refused, Some(0));
    assert_eq!(table.check(&[limit("k", 2, 1)], 61_000).refused, None);
}

#[test]
fn full_buckets_that_expired_leave_no_trace() {
    let table = LimitTable::default();
    // The second use keeps the first bucket, so that five are open at once.
    for now in [0, 5_000, 15_000, 30_000, 45_000, 60_000] {
        assert_eq!(table.check(&[limit("k", 6, 1)], now).refused, None);
    }
    assert_eq!(table.check(&[limit("k", 5, 5)], 1_000_000).refused, None);
    assert_eq!(table.check(&[limit("k", 5, 5)], 1_060_000).refused, None);
}

#[test]
fn new_keys_of_one_check_never_share_a_window() {
    let table = LimitTable::default();
    let names: Vec<String> = (0..500).map(|number| format!("new{number}")).collect();
    let limits: Vec<Limit> = names.iter().map(|name| limit(name, 1, 1)).collect();
    assert_eq!(table.check(&limits, 0).refused, None);
    assert!(names.iter().all(|name| table.used(name, 60_000, 0) == 1));
}

#[test]
fn one_key_twice_counts_twice() {
    let table = LimitTable::default();
    assert_eq!(table.check(&[limit("k", 3, 2), limit("k", 3, 2)], 0).refused, Some(1));
    assert_eq!(table.used("k", 60_000, 0), 0);
}

#[test]
fn never_over_by_one_under_64_threads() {
    let (table, passed) = (LimitTable::default(), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for number in 0..64 {
            let (table, passed) = (&table, &passed);
            scope.spawn(move || {
                let own = format!("own{number}");
                for _ in 0..200 {
                    let limits = if number % 2 == 0 {
                        [limit("shared", 1000, 1), limit(&own, 1000, 1)]
                    } else {
                        [limit(&own, 1000, 1), limit("shared", 1000, 1)]
                    };
                    passed.fetch_add(u64::from(table.check(&limits, 5).refused.is_none()), Ordering::Relaxed);
                }
            });
        }
    });
    assert_eq!(passed.load(Ordering::Relaxed), 1000);
    assert_eq!(table.used("shared", 60_000, 5), 1000);
}

#[test]
fn idle_keys_expire() {
    let table = LimitTable::default();
    for number in 0..1000 {
        table.check(&[limit(&number.to_string(), 5, 1)], 0);
    }
    for number in 0..1000 {
        table.check(&[limit(&format!("new{number}"), 5, 1)], 100_000);
    }
    assert!(table.len() < 1500, "{}", table.len());
    assert_eq!(table.purge(200_000), 0);
}

#[test]
fn periods_end_where_the_calendar_says() {
    let at = |text: &str, now: f64| Duration::parse(text).unwrap().next_reset(now);
    // 2024-01-31 23:59:59 UTC, a Wednesday.
    let now = 1_706_745_599.0;
    assert_eq!(at("30s", now), 1_706_745_600.0);
    assert_eq!(at("1d", now), 1_706_745_600.0);
    assert_eq!(at("1mo", now), 1_706_745_600.0);
    assert_eq!(at("30d", now + 1.0), 1_709_251_200.0);
    assert_eq!(at("7d", now), 1_707_091_200.0);
    assert_eq!(at("1w", 1_707_091_200.0), 1_707_696_000.0);
    for bad in ["", "d", "0d", "-1d", "1y", "1dd", "5", "99999999999999999999d"] {
        assert_eq!(Duration::parse(bad), None, "{bad}");
    }
}

proptest::proptest! {
    /// In no interval of the window's length is more than the limit used.
    #[test]
    fn no_interval_has_more_than_the_limit(steps in proptest::collection::vec((0u64..40_000, 1u64..4), 1..80)) {
        let table = LimitTable::default();
        let (mut now, mut passed) = (0, Vec::new());
        for (wait, cost) in steps {
            now += wait;
            if table.check(&[limit("k", 5, cost)], now).refused.is_none() {
                passed.push((now, cost));
            }
            let used: u64 = passed.iter().filter(|(at, _)| now < at + 60_000).map(|(_, cost)| cost).sum();
            proptest::prop_assert!(used <= 5);
        }
    }

    /// Spent and reserved never pass the budget while nothing settles above its reservation, and all adds up.
    #[test]
    fn budgets_hold_and_add_up(steps in proptest::collection::vec((0u8..20, 0i128..50, proptest::bool::ANY), 1..80)) {
        let table = BudgetTable::new(f64::INFINITY);
        table.set("a", Some(100), 0, None, None, 0.0);
        table.set("b", Some(150), 0, None, None, 0.0);
        let (mut open, mut spent) = (std::collections::HashMap::new(), 0);
        for (id, amount, reserve) in steps {
            let request = id.to_string();
            if reserve {
                if table.reserve(&request, &["a", "b"], amount, 0.0) == Ok(None) {
                    open.insert(id, amount);
                }
            } else if let Some(reserved) = open.remove(&id) {
                let actual = amount.min(reserved);
                proptest::prop_assert!(table.settle(&request, actual, 0.0));
                proptest::prop_assert!(!table.settle(&request, actual, 0.0));
                spent += actual;
            }
            for (key, most) in [("a", 100), ("b", 150)] {
                let status = table.status(key, 0.0).unwrap();
                proptest::prop_assert!(status.spent + status.reserved <= most);
                proptest::prop_assert_eq!(status.spent, spent);
                proptest::prop_assert_eq!(status.reserved, open.values().sum::<i128>());
            }
        }
    }
}
