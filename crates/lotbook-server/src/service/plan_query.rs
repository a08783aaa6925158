//! `PlanQueryService`: plans and batches as they are now.

use crate::filter::{named, text, year};
use crate::limits;
use crate::page::Page;
use crate::views::Views;
use lotbook_domain::projection::{batch, plan};
use lotbook_engine::State;
use lotbook_event::{BatchId, PlanId, SectionId};
use lotbook_rpc::proto::plan_query_service_server::{PlanQueryService, PlanQueryServiceServer};
use lotbook_rpc::proto::{
    GetBatchRequest, GetBatchResponse, GetPlanRequest, GetPlanResponse, ListBatchesRequest,
    ListBatchesResponse, ListPlansRequest, ListPlansResponse,
};
use tonic::{Request, Response, Status};

/// The service.
pub struct PlanQuery(Views);

impl PlanQuery {
    pub(crate) fn new(views: Views) -> Self {
        Self(views)
    }

    pub(crate) fn service(self) -> PlanQueryServiceServer<Self> {
        PlanQueryServiceServer::new(self)
            .max_decoding_message_size(limits::MAX_REQUEST_BYTES)
            .max_encoding_message_size(limits::MAX_ANSWER_BYTES)
    }
}

#[tonic::async_trait]
impl PlanQueryService for PlanQuery {
    async fn list_plans(
        &self,
        request: Request<ListPlansRequest>,
    ) -> Result<Response<ListPlansResponse>, Status> {
        let asked = request.into_inner();
        let page = Page::parse(asked.page_size, &asked.page_token)?;
        let filter = plan::Filter {
            year: year(asked.year),
            section: text("section", asked.section, SectionId::new)?,
            late: asked.late,
        };
        let rows = move |state: &State| page.fill(plan::plans(state, page.after(), &filter));
        let ((plans, next_page_token), size) = self.0.look(rows).await?;
        Ok(Response::new(ListPlansResponse { plans, next_page_token, size }))
    }

    async fn get_plan(&self, request: Request<GetPlanRequest>) -> Result<Response<GetPlanResponse>, Status> {
        let asked = request.into_inner();
        let plan_id = named("plan", asked.plan, PlanId::new)?;
        let name = format!("plan {plan_id}");
        let (plan, size) = self.0.one(name, move |state| plan::plan(state, &plan_id)).await?;
        Ok(Response::new(GetPlanResponse { plan, size }))
    }

    async fn list_batches(
        &self,
        request: Request<ListBatchesRequest>,
    ) -> Result<Response<ListBatchesResponse>, Status> {
        let asked = request.into_inner();
        let page = Page::parse(asked.page_size, &asked.page_token)?;
        let filter = batch::Filter {
            plan: text("plan", asked.plan, PlanId::new)?,
            section: text("section", asked.section, SectionId::new)?,
            drawn: asked.drawn,
        };
        let rows = move |state: &State| page.fill(batch::batches(state, page.after(), &filter));
        let ((batches, next_page_token), size) = self.0.look(rows).await?;
        Ok(Response::new(ListBatchesResponse { batches, next_page_token, size }))
    }

    async fn get_batch(
        &self,
        request: Request<GetBatchRequest>,
    ) -> Result<Response<GetBatchResponse>, Status> {
        let asked = request.into_inner();
        let plan_id = named("plan", asked.plan, PlanId::new)?;
        let batch_id = named("batch", asked.batch, BatchId::new)?;
        let name = format!("batch {plan_id}/{batch_id}");
        let (batch, size) = self.0.one(name, move |state| batch::batch(state, &plan_id, &batch_id)).await?;
        Ok(Response::new(GetBatchResponse { batch, size }))
    }
}
