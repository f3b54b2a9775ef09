use super::*;

fn table(configs: Vec<Config>) -> Table {
    let table = Table::new(Some(7), LatencyRules::default());
    for (number, config) in configs.into_iter().enumerate() {
        table.add("m", &format!("d{number}"), config).unwrap();
    }
    table
}

fn pick(table: &Table, strategy: Strategy, request: &Request, now: f64) -> Option<String> {
    table.pick("m", strategy, request, true, now).unwrap().map(|id| id.to_string())
}

#[test]
fn a_pick_is_in_flight_until_reported() {
    let table = table(vec![Config { max_parallel_requests: Some(1), ..Config::default() }]);
    let request = Request::default();
    assert_eq!(pick(&table, Strategy::SimpleShuffle, &request, 0.0).as_deref(), Some("d0"));
    assert_eq!(pick(&table, Strategy::SimpleShuffle, &request, 0.0), None);
    assert_eq!(table.report("d0", &Outcome { ok: true, ..Outcome::default() }, 1.0), Some((1, 0)));
    assert!(pick(&table, Strategy::LeastBusy, &request, 1.0).is_some());
}

#[test]
fn the_minute_limits_and_then_frees() {
    let table = table(vec![Config { rpm: Some(2.0), ..Config::default() }]);
    let request = Request::default();
    for _ in 0..2 {
        assert!(pick(&table, Strategy::UsageV2, &request, 1.0).is_some());
    }
    assert!(pick(&table, Strategy::UsageV2, &request, 59.9).is_none());
    assert!(pick(&table, Strategy::UsageV2, &request, 60.0).is_some());
}

#[test]
fn every_tie_can_be_drawn_when_few_are_left() {
    let table = table(vec![Config::default(); 5000]);
    for number in 0..4997 {
        table.report(&format!("d{number}"), &Outcome { ok: true, tokens: 5, ..Outcome::default() }, 0.0);
    }
    let mut seen = std::collections::HashSet::new();
    for _ in 0..60 {
        seen.extend(table.pick("m", Strategy::UsageV2, &Request::default(), false, 0.0).unwrap());
    }
    assert_eq!(seen.len(), 3);
}

proptest::proptest! {
    /// The tree's lowest is what a scan finds.
    #[test]
    fn lowest_is_the_first_of_the_lowest(keys in proptest::collection::vec((0u8..6, 0u8..6), 1..40), tokens in 0u8..7) {
        let ranks: Vec<tree::Rank> =
            keys.iter().map(|(key, room)| tree::Rank { key: f64::from(*key), room: f64::from(*room) }).collect();
        let mut expected: Option<(usize, f64)> = None;
        for (place, rank) in ranks.iter().enumerate() {
            if rank.room >= f64::from(tokens) && expected.is_none_or(|(_, key)| rank.key < key) {
                expected = Some((place, rank.key));
            }
        }
        proptest::prop_assert_eq!(tree::RankTree::new(ranks.into_iter()).lowest(f64::from(tokens)), expected);
    }

    /// What is drawn among the lowest has the lowest key and room, and each of them can be drawn.
    #[test]
    fn a_draw_is_one_of_the_lowest(
        keys in proptest::collection::vec((0u8..4, 0u32..u32::MAX), 1..40), tokens in 0u32..u32::MAX, seed in 0u64..1000
    ) {
        let ranks = keys.iter().map(|(key, room)| tree::Rank { key: f64::from(*key), room: f64::from(*room) });
        let tree = tree::RankTree::new(ranks.collect::<Vec<_>>().into_iter());
        let lowest = keys.iter().map(|(key, _)| *key).min().unwrap();
        let tied: Vec<usize> = (0..keys.len()).filter(|place| keys[*place].0 == lowest).collect();
        let mut rng = rng::Rng::new(seed);
        let drawn = tree.draw_lowest(f64::from(tokens), &mut rng);
        if tied.iter().any(|place| keys[*place].1 < tokens) {
            proptest::prop_assert_eq!(drawn, None);
        } else if let Some(place) = drawn {
            proptest::prop_assert!(tied.contains(&place));
            let seen: std::collections::HashSet<_> =
                (0..400).filter_map(|_| tree.draw_lowest(f64::from(tokens), &mut rng)).collect();
            proptest::prop_assert!(tied.len() > 20 || seen.len() == tied.len());
        }
    }

    /// No more requests in a minute than the deployments' rpm allow, whatever the strategy that keeps to limits.
    #[test]
    fn limits_per_minute_hold(rpms in proptest::collection::vec(0u32..4, 1..8), picks in 1usize..40) {
        for strategy in [Strategy::Latency, Strategy::Cost, Strategy::Usage, Strategy::UsageV2, Strategy::RateLimitAware] {
            let table = table(rpms.iter().map(|rpm| Config { rpm: Some(f64::from(*rpm)), ..Config::default() }).collect());
            let allowed = (0..picks).filter(|_| pick(&table, strategy, &Request::default(), 5.0).is_some()).count();
            proptest::prop_assert_eq!(allowed, picks.min(rpms.iter().sum::<u32>() as usize));
        }
    }
}
