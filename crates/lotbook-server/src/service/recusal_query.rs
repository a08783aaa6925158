//! `RecusalQueryService`: recusals as they are now.

use crate::filter::{named, shown, text, value};
use crate::limits;
use crate::page::Page;
use crate::views::Views;
use lotbook_domain::projection::{recusal, recusal_tally};
use lotbook_engine::State;
use lotbook_event::{InspectionId, InspectorId, RecusalId};
use lotbook_rpc::proto::recusal_query_service_server::{RecusalQueryService, RecusalQueryServiceServer};
use lotbook_rpc::proto::{
    GetRecusalRequest, GetRecusalResponse, ListRecusalTalliesRequest, ListRecusalTalliesResponse,
    ListRecusalsRequest, ListRecusalsResponse,
};
use tonic::{Request, Response, Status};

/// The service.
pub struct RecusalQuery(Views);

impl RecusalQuery {
    pub(crate) fn new(views: Views) -> Self {
        Self(views)
    }

    pub(crate) fn service(self) -> RecusalQueryServiceServer<Self> {
        RecusalQueryServiceServer::new(self)
            .max_decoding_message_size(limits::MAX_REQUEST_BYTES)
            .max_encoding_message_size(limits::MAX_ANSWER_BYTES)
    }
}

#[tonic::async_trait]
impl RecusalQueryService for RecusalQuery {
    async fn list_recusals(
        &self,
        request: Request<ListRecusalsRequest>,
    ) -> Result<Response<ListRecusalsResponse>, Status> {
        let asked = request.into_inner();
        let page = Page::parse(asked.page_size, &asked.page_token)?;
        let filter = recusal::Filter {
            inspection: text("inspection", asked.inspection, InspectionId::new)?,
            inspector: text("inspector", asked.inspector, InspectorId::new)?,
            pending: asked.pending,
            decision: value("decision", asked.decision)?,
        };
        let rows = move |state: &State| page.fill(recusal::recusals(state, page.after(), &filter));
        let ((recusals, next_page_token), size) = self.0.look(rows).await?;
        Ok(Response::new(ListRecusalsResponse { recusals, next_page_token, size }))
    }

    async fn get_recusal(
        &self,
        request: Request<GetRecusalRequest>,
    ) -> Result<Response<GetRecusalResponse>, Status> {
        let asked = request.into_inner();
        let recusal_id = named("recusal", asked.recusal, RecusalId::new)?;
        let name = format!("recusal {recusal_id}");
        let (recusal, size) = self.0.one(name, move |state| recusal::recusal(state, &recusal_id)).await?;
        Ok(Response::new(GetRecusalResponse { recusal, size }))
    }

    async fn list_recusal_tallies(
        &self,
        request: Request<ListRecusalTalliesRequest>,
    ) -> Result<Response<ListRecusalTalliesResponse>, Status> {
        let asked = request.into_inner();
        let page = Page::parse(asked.page_size, &asked.page_token)?;
        let filter = recusal_tally::Filter { of: shown("of", asked.of)? };
        let rows =
            move |state: &State| page.fill(recusal_tally::recusal_tallies(state, page.after(), &filter));
        let ((recusal_tallies, next_page_token), size) = self.0.look(rows).await?;
        Ok(Response::new(ListRecusalTalliesResponse { recusal_tallies, next_page_token, size }))
    }
}
