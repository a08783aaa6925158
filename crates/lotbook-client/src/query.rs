//! Queries: what the log adds up to, as the server computes it.
//!
//! A view is an answer, not a proof: it is not signed. Who doubts it derives it again from the verified
//! log with the same functions (`lotbook_domain::projection`), as `show --data` does.

use crate::client::{Client, deadline, within};
use crate::error::{ClientError, Untrustworthy};
use crate::limits;
use lotbook_event::proto as view;
use lotbook_rpc::proto::{self, *};
use tonic::transport::Channel;
use tonic::{Response, Status};

/// A request of a query service.
pub trait Query: Send {
    /// What it is answered with.
    type Answer: Send;
    /// Asks it over a connection.
    fn ask(self, channel: Channel) -> impl Future<Output = Result<Response<Self::Answer>, Status>> + Send;
}

/// A request that is answered page by page.
pub trait List: Query + Clone {
    /// One row.
    type Row: Send;
    /// Asks for the page that a token names, as long as the server makes it.
    fn turn_to(&mut self, page_token: String);
    /// The rows of a page, and the token of the next one; empty at the end.
    fn rows(page: Self::Answer) -> (Vec<Self::Row>, String);
}

impl Client {
    /// Asks one query; of a list, one page.
    ///
    /// # Errors
    /// See [`ClientError`]; refused for a filter, size or token that is none, and for what is not there.
    pub async fn query<Q: Query>(&self, query: Q) -> Result<Q::Answer, ClientError> {
        within(query.ask(self.channel())).await
    }

    /// Asks for every row of a list, page by page. Pages are of the moment in which they are asked for.
    ///
    /// # Errors
    /// See [`Client::query`]; untrustworthy if the pages do not go on.
    pub async fn list<Q: List>(&self, mut query: Q) -> Result<Vec<Q::Row>, ClientError> {
        let (mut all, mut before) = (Vec::new(), String::new());
        loop {
            let (rows, next) = Q::rows(self.query(query.clone()).await?);
            all.extend(rows);
            if next.is_empty() {
                return Ok(all);
            }
            if next == before {
                return Err(Untrustworthy::Paging.into());
            }
            before.clone_from(&next);
            query.turn_to(next);
        }
    }
}

macro_rules! asked {
    ($($client:ident in $module:ident { $($method:ident $request:ident -> $answer:ident;)* })*) => {$($(
        impl Query for $request {
            type Answer = $answer;
            async fn ask(self, channel: Channel) -> Result<Response<$answer>, Status> {
                let service = proto::$module::$client::new(channel);
                service.max_decoding_message_size(limits::MAX_RECEIVED_BYTES).$method(deadline(self)).await
            }
        }
    )*)*};
}

asked! {
    RegistryQueryServiceClient in registry_query_service_client {
        list_items ListItemsRequest -> ListItemsResponse;
        get_item GetItemRequest -> GetItemResponse;
        list_inspectors ListInspectorsRequest -> ListInspectorsResponse;
        get_inspector GetInspectorRequest -> GetInspectorResponse;
        list_enterprises ListEnterprisesRequest -> ListEnterprisesResponse;
        get_enterprise GetEnterpriseRequest -> GetEnterpriseResponse;
    }
    PlanQueryServiceClient in plan_query_service_client {
        list_plans ListPlansRequest -> ListPlansResponse;
        get_plan GetPlanRequest -> GetPlanResponse;
        list_batches ListBatchesRequest -> ListBatchesResponse;
        get_batch GetBatchRequest -> GetBatchResponse;
    }
    DrawQueryServiceClient in draw_query_service_client {
        list_draws ListDrawsRequest -> ListDrawsResponse;
        get_draw GetDrawRequest -> GetDrawResponse;
        list_pool_rows ListPoolRowsRequest -> ListPoolRowsResponse;
        list_assignments ListAssignmentsRequest -> ListAssignmentsResponse;
        get_reading GetReadingRequest -> GetReadingResponse;
        get_standing GetStandingRequest -> GetStandingResponse;
    }
    RecusalQueryServiceClient in recusal_query_service_client {
        list_recusals ListRecusalsRequest -> ListRecusalsResponse;
        get_recusal GetRecusalRequest -> GetRecusalResponse;
        list_recusal_tallies ListRecusalTalliesRequest -> ListRecusalTalliesResponse;
    }
    InspectionQueryServiceClient in inspection_query_service_client {
        list_inspections ListInspectionsRequest -> ListInspectionsResponse;
        get_inspection GetInspectionRequest -> GetInspectionResponse;
        list_comments ListCommentsRequest -> ListCommentsResponse;
        get_comment GetCommentRequest -> GetCommentResponse;
        list_violations ListViolationsRequest -> ListViolationsResponse;
        get_violation GetViolationRequest -> GetViolationResponse;
    }
    OversightQueryServiceClient in oversight_query_service_client {
        list_obligations ListObligationsRequest -> ListObligationsResponse;
        list_disclosures ListDisclosuresRequest -> ListDisclosuresResponse;
        get_disclosure GetDisclosureRequest -> GetDisclosureResponse;
        list_refusals ListRefusalsRequest -> ListRefusalsResponse;
        list_refusal_counts ListRefusalCountsRequest -> ListRefusalCountsResponse;
        list_breaches ListBreachesRequest -> ListBreachesResponse;
    }
}

macro_rules! listed {
    ($($request:ident: $rows:ident of $row:ident;)*) => {$(
        impl List for $request {
            type Row = view::$row;
            fn turn_to(&mut self, page_token: String) {
                self.page_token = page_token;
            }
            fn rows(page: Self::Answer) -> (Vec<Self::Row>, String) {
                (page.$rows, page.next_page_token)
            }
        }
    )*};
}

listed! {
    ListItemsRequest: items of ItemView;
    ListInspectorsRequest: inspectors of InspectorView;
    ListEnterprisesRequest: enterprises of EnterpriseView;
    ListPlansRequest: plans of PlanView;
    ListBatchesRequest: batches of BatchView;
    ListDrawsRequest: draws of DrawView;
    ListPoolRowsRequest: rows of PoolRowView;
    ListAssignmentsRequest: assignments of AssignmentView;
    ListRecusalsRequest: recusals of RecusalView;
    ListRecusalTalliesRequest: recusal_tallies of RecusalTally;
    ListInspectionsRequest: inspections of InspectionView;
    ListCommentsRequest: comments of CommentView;
    ListViolationsRequest: violations of ViolationView;
    ListObligationsRequest: obligations of ObligationView;
    ListDisclosuresRequest: disclosures of AnnualDisclosureView;
    ListRefusalsRequest: refusals of RefusalView;
    ListRefusalCountsRequest: refusal_counts of RefusalCountView;
    ListBreachesRequest: breaches of BreachView;
}
