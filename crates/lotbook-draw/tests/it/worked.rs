//! The four worked draws, computed by two other implementations: results and intermediate values.

use lotbook_draw::assign::Plan;
use lotbook_draw::quota::eligible_per_stratum;
use lotbook_draw::stream::Stage;
use lotbook_draw::{Certificate, Hex, Seed};
use serde_json::{Value, json};

use crate::sample::{certificate, value};

pub const WORKED: [&str; 4] = ["tier1-even", "tier1-remainder-minimum", "fixed-total", "tier2-typed-seats"];

fn plan(certificate: &Certificate) -> Plan {
    let firms: Vec<&str> = certificate.result.selected.iter().map(String::as_str).collect();
    let key = Stage::Inspectors.key(&Seed::from_bytes(certificate.seed.0));
    Plan::new(&certificate.pool().unwrap(), &firms, &certificate.seats, &key).unwrap()
}

fn each(check: impl Fn(&str, &Certificate, &Value)) {
    for name in WORKED {
        check(name, &certificate(&format!("{name}.json")), &value(&format!("{name}.steps.json")));
    }
}

#[test]
fn every_worked_certificate_recomputes() {
    each(|name, certificate, _| {
        let outcome = certificate.recompute().unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(lotbook_draw::certificate::Result::from(&outcome), certificate.result);
    });
}

#[test]
fn every_certificate_is_written_as_it_was_read() {
    each(|name, certificate, _| {
        let written: Value = serde_json::from_str(&certificate.to_json().unwrap()).unwrap();
        assert_eq!(written, value(&format!("{name}.json")), "{name}");
    });
}

#[test]
fn stage_keys_agree() {
    each(|name, certificate, steps| {
        let seed = Seed::from_bytes(certificate.seed.0);
        for stage in [Stage::Quota, Stage::Objects, Stage::Inspectors, Stage::Assign] {
            let key = Hex(*stage.key(&seed).as_bytes()).to_string();
            assert_eq!(json!(key), steps["stage_keys"][stage.name()], "{name} {stage:?}");
        }
    });
}

#[test]
fn object_tickets_agree() {
    each(|name, certificate, steps| {
        let key = Stage::Objects.key(&Seed::from_bytes(certificate.seed.0));
        let pool = certificate.pool().unwrap();
        let eligible = pool.objects().iter().filter(|o| o.eligible);
        let tickets: serde_json::Map<String, Value> =
            eligible.map(|o| (o.uscc.clone(), json!(Hex(*key.ticket(&o.uscc).as_bytes())))).collect();
        assert_eq!(Value::Object(tickets), steps["object_tickets"], "{name}");
    });
}

#[test]
fn inspector_tickets_agree_for_exactly_the_usable() {
    each(|name, certificate, steps| {
        let plan = plan(certificate);
        let tickets: serde_json::Map<String, Value> =
            plan.ranked().iter().map(|(ticket, id)| (id.clone(), json!(Hex(*ticket.as_bytes())))).collect();
        assert_eq!(Value::Object(tickets), steps["inspector_tickets"], "{name}");
        assert!(plan.ranked().is_sorted());
    });
}

#[test]
fn eligible_rows_per_stratum_agree() {
    each(|name, certificate, steps| {
        let counts = eligible_per_stratum(&certificate.pool().unwrap());
        assert_eq!(json!(counts), steps["eligible_per_stratum"], "{name}");
    });
}

#[test]
fn shortest_prefix_and_loads_agree() {
    each(|name, certificate, steps| {
        let plan = plan(certificate);
        let prefix = plan.shortest_prefix(certificate.max_load);
        assert_eq!(json!(prefix), steps["shortest_prefix"], "{name}");
        let n = plan.inspectors_needed(certificate.max_load, certificate.min_inspectors).unwrap();
        assert_eq!(n, certificate.result.inspectors.len(), "{name}");
        let (lo, hi) = plan.loads(n, certificate.max_load).unwrap();
        assert_eq!((lo, hi), (certificate.result.lo as usize, certificate.result.hi as usize), "{name}");
    });
}

#[test]
fn smallest_start_agrees() {
    let certificate = certificate("tier2-typed-seats.json");
    let plan = plan(&certificate);
    let (n, lo, hi) = (9, 2, 2);
    let start = plan.smallest_start(n, lo, hi).unwrap();
    let names: Vec<&str> = start.iter().map(|&i| plan.ranked()[i].1.as_str()).collect();
    assert_eq!(json!(names), value("tier2-typed-seats.steps.json")["smallest_start"]);
}
