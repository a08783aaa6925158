//! Pages: the same rows for every size, and tokens that are none are refused.

use super::{all, full_of_everything, wrong};
use lotbook_client::proto::*;
use lotbook_client::{List, Query};
use std::fmt::Debug;

use crate::world::World;

/// The same rows in pages of 1, 7 and 500; and a token of no list at all.
async fn paged<Q: List>(world: &World, query: Q, with: impl Fn(&Q, i32, &str) -> Q)
where
    Q::Row: PartialEq + Debug,
    <Q as Query>::Answer: Debug,
{
    let expected = all(world, query.clone()).await;
    for size in [1, 7, 500, i32::MAX] {
        let (first, _) = Q::rows(world.client.query(with(&query, size, "")).await.unwrap());
        assert_eq!(first.len(), expected.len().min(usize::try_from(size).unwrap().min(500)));
        // Several hundred pages of one row each show nothing that three hundred do not.
        if size == 1 && expected.len() > 300 {
            continue;
        }
        assert_eq!(all(world, with(&query, size, "")).await, expected, "{size}");
    }
    for token in ["!", "bm8gc3VjaCBrZXk", "_w", "bm8gc3VjaCBrZXk="] {
        let (reason, field) = wrong(world.client.query(with(&query, 0, token)).await);
        assert_eq!((reason.as_str(), field.as_deref()), ("MALFORMED_REQUEST", Some("page_token")), "{token}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_every_size_give_the_same_rows() {
    let world = full_of_everything().await;
    macro_rules! lists {
        ($($query:expr;)*) => {$(
            paged(&world, $query, |query, page_size, page_token| {
                let mut query = query.clone();
                (query.page_size, query.page_token) = (page_size, page_token.to_owned());
                query
            }).await;
        )*};
    }
    let draw = "P-2026-S04/B2.1".to_owned();
    lists! {
        ListItemsRequest::default();
        ListInspectorsRequest::default();
        ListEnterprisesRequest::default();
        ListEnterprisesRequest { drawn_in: 2026, ..ListEnterprisesRequest::default() };
        ListPlansRequest::default();
        ListBatchesRequest::default();
        ListDrawsRequest::default();
        ListPoolRowsRequest { draw: draw.clone(), ..ListPoolRowsRequest::default() };
        ListPoolRowsRequest { draw: draw.clone(), kind: 3, ..ListPoolRowsRequest::default() };
        ListAssignmentsRequest::default();
        ListAssignmentsRequest { draw: draw.clone(), ..ListAssignmentsRequest::default() };
        ListRecusalsRequest::default();
        ListInspectionsRequest { draw, ..ListInspectionsRequest::default() };
        ListInspectionsRequest::default();
        ListCommentsRequest::default();
        ListViolationsRequest::default();
        ListObligationsRequest::default();
        ListDisclosuresRequest::default();
        ListRefusalsRequest::default();
        ListRefusalCountsRequest::default();
    }
    world.verify().await;
}
