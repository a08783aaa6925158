//! Rows of a frozen pool with their reasons (draw.md 2, rules.md 1.11).

use super::BadKey;
use crate::ceremony::{Frozen, Rows};
use crate::state::State;
use lotbook_draw::{ConflictRow, InspectorRow, ObjectRow};
use lotbook_event::proto::{PoolRowKind, PoolRowView};
use lotbook_event::{DrawId, Text};

/// Which rows.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Which list.
    pub kind: Option<PoolRowKind>,
    /// Eligible or not.
    pub eligible: Option<bool>,
    /// Reason.
    pub reason: Option<Text>,
}

/// Rows of the pool of a draw: enterprises, inspectors, conflicts; of a recusal's or an inspectors' draw
/// those of its own pool, without enterprises. `None` if there is no such draw. The key is `KIND/ID` or, of a conflict,
/// `KIND/ENTERPRISE/INSPECTOR`, with the number of the kind.
///
/// # Errors
/// [`BadKey`] if `after` is no such key.
pub fn pool_rows<'a>(
    state: &'a State,
    draw: &DrawId,
    after: &str,
    filter: &'a Filter,
) -> Result<Option<impl Iterator<Item = (String, PoolRowView)> + use<'a>>, BadKey> {
    let after = place(after)?;
    let Some(ceremony) = state.ceremonies.get(draw) else { return Ok(None) };
    let (objects, inspectors, conflicts) = ceremony.frozen.as_ref().map(lists).unwrap_or_default();
    let objects = behind(objects, &after, PoolRowKind::Object, |row, id| row.uscc.as_str() > id);
    let inspectors =
        behind(inspectors, &after, PoolRowKind::Inspector, |row, id| row.inspector_id.as_str() > id);
    let conflicts = behind(conflicts, &after, PoolRowKind::Conflict, |row, id| {
        id.split_once('/').is_some_and(|pair| (row.uscc.as_str(), row.inspector_id.as_str()) > pair)
    });
    let rows = objects.iter().map(object).chain(inspectors.iter().map(inspector));
    let rows = rows.chain(conflicts.iter().map(conflict));
    Ok(Some(rows.filter(|(_, row)| filter.wants(row))))
}

impl Filter {
    fn wants(&self, row: &PoolRowView) -> bool {
        self.kind.is_none_or(|kind| kind == row.kind())
            && self
                .eligible
                .is_none_or(|eligible| eligible == row.eligible && row.kind() != PoolRowKind::Conflict)
            && self.reason.as_ref().is_none_or(|reason| reason.as_str() == row.reason)
    }
}

type Lists<'a> = (&'a [ObjectRow], &'a [InspectorRow], &'a [ConflictRow]);

fn lists(frozen: &Frozen) -> Lists<'_> {
    match &frozen.rows {
        Rows::Batch(pool) => (pool.objects(), pool.inspectors(), pool.conflicts()),
        Rows::Staffing(pool) => (&[], pool.inspectors(), pool.conflicts()),
        Rows::Recusal(second) => (&[], second.inspectors(), second.conflicts()),
    }
}

/// The kind and the rest of a key; the kind 0 stands before all.
fn place(after: &str) -> Result<(i32, &str), BadKey> {
    if after.is_empty() {
        return Ok((0, ""));
    }
    let bad = || BadKey(after.to_owned());
    let (kind, id) = after.split_once('/').ok_or_else(bad)?;
    let kind: i32 = kind.parse().map_err(|_| bad())?;
    let pair = kind != i32::from(PoolRowKind::Conflict) || id.contains('/');
    PoolRowKind::try_from(kind)
        .ok()
        .filter(|kind| *kind != PoolRowKind::Unspecified && pair)
        .ok_or_else(bad)?;
    Ok((kind, id))
}

/// The part of a list that comes after a place; lists are in order.
fn behind<'a, R>(
    rows: &'a [R],
    (kind, id): &(i32, &str),
    own: PoolRowKind,
    is_behind: impl Fn(&R, &str) -> bool,
) -> &'a [R] {
    match i32::from(own).cmp(kind) {
        core::cmp::Ordering::Less => &[],
        core::cmp::Ordering::Greater => rows,
        core::cmp::Ordering::Equal => {
            let start = rows.partition_point(|row| !is_behind(row, id));
            rows.get(start..).unwrap_or_default()
        }
    }
}

fn keyed(row: PoolRowView, id: &str) -> (String, PoolRowView) {
    (format!("{}/{id}", row.kind), row)
}

fn object(row: &ObjectRow) -> (String, PoolRowView) {
    let view = PoolRowView {
        kind: PoolRowKind::Object.into(),
        uscc: row.uscc.clone(),
        stratum: row.stratum.clone(),
        eligible: row.eligible,
        reason: row.reason.clone(),
        ..PoolRowView::default()
    };
    keyed(view, &row.uscc)
}

fn inspector(row: &InspectorRow) -> (String, PoolRowView) {
    let view = PoolRowView {
        kind: PoolRowKind::Inspector.into(),
        inspector: row.inspector_id.clone(),
        qualifications: row.qualifications.clone(),
        eligible: row.eligible,
        reason: row.reason.clone(),
        ..PoolRowView::default()
    };
    keyed(view, &row.inspector_id)
}

fn conflict(row: &ConflictRow) -> (String, PoolRowView) {
    let view = PoolRowView {
        kind: PoolRowKind::Conflict.into(),
        uscc: row.uscc.clone(),
        inspector: row.inspector_id.clone(),
        ..PoolRowView::default()
    };
    keyed(view, &format!("{}/{}", row.uscc, row.inspector_id))
}
