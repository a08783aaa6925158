//! Whether an enterprise can be staffed at all, taken alone (FIRM_WITHOUT_TEAM, draw.md 1).

use lotbook_draw::Pool;
use std::collections::BTreeSet;

/// The first eligible enterprise for which no team of distinct, allowed inspectors exists.
pub fn firm_without_team<'a>(pool: &'a Pool, seats: &[Vec<String>]) -> Option<&'a str> {
    let eligible: Vec<_> = pool.inspectors().iter().filter(|row| row.eligible).collect();
    let accepting: Vec<Vec<&str>> = seats
        .iter()
        .map(|seat| {
            let fits = |q: &[String]| seat.is_empty() || q.iter().any(|have| seat.contains(have));
            eligible
                .iter()
                .filter(|row| fits(&row.qualifications))
                .map(|row| row.inspector_id.as_str())
                .collect()
        })
        .collect();
    let free = can_staff(&accepting, &BTreeSet::new());
    let staffed = |uscc: &str| {
        let barred: BTreeSet<_> = pool.conflicts_of(uscc).iter().map(|c| c.inspector_id.as_str()).collect();
        if barred.is_empty() { free } else { can_staff(&accepting, &barred) }
    };
    let firms = pool.objects().iter().filter(|row| row.eligible).map(|row| row.uscc.as_str());
    firms.into_iter().find(|uscc| !staffed(uscc))
}

/// Bipartite matching of seats to distinct inspectors by augmenting paths.
fn can_staff(accepting: &[Vec<&str>], barred: &BTreeSet<&str>) -> bool {
    let mut holder = std::collections::BTreeMap::new();
    (0..accepting.len()).all(|seat| augment(seat, accepting, barred, &mut BTreeSet::new(), &mut holder))
}

fn augment<'a>(
    seat: usize,
    accepting: &[Vec<&'a str>],
    barred: &BTreeSet<&str>,
    seen: &mut BTreeSet<&'a str>,
    holder: &mut std::collections::BTreeMap<&'a str, usize>,
) -> bool {
    for inspector in accepting.get(seat).into_iter().flatten() {
        if barred.contains(inspector) || !seen.insert(inspector) {
            continue;
        }
        let free = match holder.get(inspector) {
            None => true,
            Some(other) => augment(*other, accepting, barred, seen, holder),
        };
        if free {
            holder.insert(inspector, seat);
            return true;
        }
    }
    false
}
