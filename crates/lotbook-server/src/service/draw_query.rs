//! `DrawQueryService`: ceremonies, frozen pools and assignments as they are now.

use crate::filter::{named, shown, text, value};
use crate::limits;
use crate::page::Page;
use crate::views::Views;
use crate::wire;
use lotbook_domain::projection::{assignment, draw, pool_row, standing};
use lotbook_engine::State;
use lotbook_engine::chain::Position;
use lotbook_event::wire::Wire;
use lotbook_event::{BatchId, DrawId, InspectorId, PlanId, Text, Uscc};
use lotbook_rpc::proto::draw_query_service_server::{DrawQueryService, DrawQueryServiceServer};
use lotbook_rpc::proto::{
    GetDrawRequest, GetDrawResponse, GetReadingRequest, GetReadingResponse, GetStandingRequest,
    GetStandingResponse, ListAssignmentsRequest, ListAssignmentsResponse, ListDrawsRequest,
    ListDrawsResponse, ListPoolRowsRequest, ListPoolRowsResponse,
};
use lotbook_rpc::{proto, status};
use tonic::{Request, Response, Status};

/// The service.
pub struct DrawQuery(Views);

impl DrawQuery {
    pub(crate) fn new(views: Views) -> Self {
        Self(views)
    }

    /// The receipt of an entry that may not be there.
    async fn receipt(&self, position: Option<Position>) -> Result<Option<proto::Receipt>, Status> {
        match position {
            Some(position) => self.0.receipt(position).await.map(Some),
            None => Ok(None),
        }
    }

    pub(crate) fn service(self) -> DrawQueryServiceServer<Self> {
        DrawQueryServiceServer::new(self)
            .max_decoding_message_size(limits::MAX_REQUEST_BYTES)
            .max_encoding_message_size(limits::MAX_ANSWER_BYTES)
    }
}

#[tonic::async_trait]
impl DrawQueryService for DrawQuery {
    async fn list_draws(
        &self,
        request: Request<ListDrawsRequest>,
    ) -> Result<Response<ListDrawsResponse>, Status> {
        let asked = request.into_inner();
        let page = Page::parse(asked.page_size, &asked.page_token)?;
        let filter = draw::Filter {
            plan: text("plan", asked.plan, PlanId::new)?,
            batch: text("batch", asked.batch, BatchId::new)?,
            purpose: value("purpose", asked.purpose)?,
            stage: shown("stage", asked.stage)?,
        };
        let rows = move |state: &State| page.fill(draw::draws(state, page.after(), &filter));
        let ((draws, next_page_token), size) = self.0.look(rows).await?;
        Ok(Response::new(ListDrawsResponse { draws, next_page_token, size }))
    }

    async fn get_draw(&self, request: Request<GetDrawRequest>) -> Result<Response<GetDrawResponse>, Status> {
        let asked = request.into_inner();
        let draw_id = named("draw", asked.draw, DrawId::new)?;
        let name = format!("draw {draw_id}");
        let (draw, size) = self.0.one(name, move |state| draw::draw(state, &draw_id)).await?;
        Ok(Response::new(GetDrawResponse { draw, size }))
    }

    async fn list_pool_rows(
        &self,
        request: Request<ListPoolRowsRequest>,
    ) -> Result<Response<ListPoolRowsResponse>, Status> {
        let asked = request.into_inner();
        let page = Page::parse(asked.page_size, &asked.page_token)?;
        let draw = named("draw", asked.draw, DrawId::new)?;
        let filter = pool_row::Filter {
            kind: shown("kind", asked.kind)?,
            eligible: asked.eligible,
            reason: text("reason", asked.reason, Text::new)?,
        };
        let pool = move |state: &State| {
            let rows = pool_row::pool_rows(state, &draw, page.after(), &filter);
            let none = || status::no_such_subject(&format!("draw {draw}"), state.head.size);
            page.fill(rows.transpose().ok_or_else(none)?)
        };
        let ((rows, next_page_token), size) = self.0.look(pool).await?;
        Ok(Response::new(ListPoolRowsResponse { rows, next_page_token, size }))
    }

    async fn list_assignments(
        &self,
        request: Request<ListAssignmentsRequest>,
    ) -> Result<Response<ListAssignmentsResponse>, Status> {
        let asked = request.into_inner();
        let page = Page::parse(asked.page_size, &asked.page_token)?;
        let filter = assignment::Filter {
            draw: text("draw", asked.draw, DrawId::new)?,
            inspector: text("inspector", asked.inspector, InspectorId::new)?,
            uscc: text("uscc", asked.uscc, Uscc::new)?,
        };
        let rows = move |state: &State| page.fill(assignment::assignments(state, page.after(), &filter));
        let ((assignments, next_page_token), size) = self.0.look(rows).await?;
        Ok(Response::new(ListAssignmentsResponse { assignments, next_page_token, size }))
    }

    async fn get_reading(
        &self,
        request: Request<GetReadingRequest>,
    ) -> Result<Response<GetReadingResponse>, Status> {
        let answer = self.0.reading(request.into_inner().position).await?;
        Ok(Response::new(GetReadingResponse { answer }))
    }

    async fn get_standing(
        &self,
        request: Request<GetStandingRequest>,
    ) -> Result<Response<GetStandingResponse>, Status> {
        let asked = request.into_inner();
        let draw = named("draw", asked.draw, DrawId::new)?;
        let uscc = named("uscc", asked.uscc, Uscc::new)?;
        let name = format!("draw {draw} of a batch");
        let look = move |state: &State| match standing(state, &draw, &uscc) {
            Ok(Some(found)) => Ok(found),
            Ok(None) => Err(status::no_such_subject(&name, state.head.size)),
            Err(refusal) => Err(status::refused(&refusal, None)),
        };
        let (found, size) = self.0.look(look).await?;
        Ok(Response::new(GetStandingResponse {
            rows: found.rows.into_iter().map(wire::row_proof).collect(),
            pool_frozen: self.receipt(Some(found.frozen)).await?,
            draw_completed: self.receipt(found.drawn).await?,
            enterprise_assigned: self.receipt(found.assigned).await?,
            draw_opened: self.receipt(found.opened).await?,
            team: found.team.iter().map(Wire::wire).collect(),
            size,
        }))
    }
}
