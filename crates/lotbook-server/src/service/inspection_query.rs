//! `InspectionQueryService`: inspections, comments and handling as they are now.

use crate::filter::{named, shown, text, value};
use crate::limits;
use crate::page::Page;
use crate::views::Views;
use lotbook_domain::projection::{comment, inspection, violation};
use lotbook_engine::State;
use lotbook_event::{CommentId, DrawId, InspectionId, InspectorId, SectionId, Uscc, ViolationId};
use lotbook_rpc::proto::inspection_query_service_server::{
    InspectionQueryService, InspectionQueryServiceServer,
};
use lotbook_rpc::proto::{
    GetCommentRequest, GetCommentResponse, GetInspectionRequest, GetInspectionResponse, GetViolationRequest,
    GetViolationResponse, ListCommentsRequest, ListCommentsResponse, ListInspectionsRequest,
    ListInspectionsResponse, ListViolationsRequest, ListViolationsResponse,
};
use tonic::{Request, Response, Status};

/// The service.
pub struct InspectionQuery(Views);

impl InspectionQuery {
    pub(crate) fn new(views: Views) -> Self {
        Self(views)
    }

    pub(crate) fn service(self) -> InspectionQueryServiceServer<Self> {
        InspectionQueryServiceServer::new(self)
            .max_decoding_message_size(limits::MAX_REQUEST_BYTES)
            .max_encoding_message_size(limits::MAX_ANSWER_BYTES)
    }
}

#[tonic::async_trait]
impl InspectionQueryService for InspectionQuery {
    async fn list_inspections(
        &self,
        request: Request<ListInspectionsRequest>,
    ) -> Result<Response<ListInspectionsResponse>, Status> {
        let asked = request.into_inner();
        let page = Page::parse(asked.page_size, &asked.page_token)?;
        let filter = inspection::Filter {
            draw: text("draw", asked.draw, DrawId::new)?,
            uscc: text("uscc", asked.uscc, Uscc::new)?,
            inspector: text("inspector", asked.inspector, InspectorId::new)?,
            section: text("section", asked.section, SectionId::new)?,
            phase: shown("phase", asked.phase)?,
            direct: asked.direct,
        };
        let rows = move |state: &State| page.fill(inspection::inspections(state, page.after(), &filter));
        let ((inspections, next_page_token), size) = self.0.look(rows).await?;
        Ok(Response::new(ListInspectionsResponse { inspections, next_page_token, size }))
    }

    async fn get_inspection(
        &self,
        request: Request<GetInspectionRequest>,
    ) -> Result<Response<GetInspectionResponse>, Status> {
        let asked = request.into_inner();
        let inspection_id = named("inspection", asked.inspection, InspectionId::new)?;
        let name = format!("inspection {inspection_id}");
        let (inspection, size) =
            self.0.one(name, move |state| inspection::inspection(state, &inspection_id)).await?;
        Ok(Response::new(GetInspectionResponse { inspection, size }))
    }

    async fn list_comments(
        &self,
        request: Request<ListCommentsRequest>,
    ) -> Result<Response<ListCommentsResponse>, Status> {
        let asked = request.into_inner();
        let page = Page::parse(asked.page_size, &asked.page_token)?;
        let filter = comment::Filter {
            inspection: text("inspection", asked.inspection, InspectionId::new)?,
            answered: asked.answered,
            late: asked.late,
        };
        let rows = move |state: &State| page.fill(comment::comments(state, page.after(), &filter));
        let ((comments, next_page_token), size) = self.0.look(rows).await?;
        Ok(Response::new(ListCommentsResponse { comments, next_page_token, size }))
    }

    async fn get_comment(
        &self,
        request: Request<GetCommentRequest>,
    ) -> Result<Response<GetCommentResponse>, Status> {
        let asked = request.into_inner();
        let comment_id = named("comment", asked.comment, CommentId::new)?;
        let name = format!("comment {comment_id}");
        let (comment, size) = self.0.one(name, move |state| comment::comment(state, &comment_id)).await?;
        Ok(Response::new(GetCommentResponse { comment, size }))
    }

    async fn list_violations(
        &self,
        request: Request<ListViolationsRequest>,
    ) -> Result<Response<ListViolationsResponse>, Status> {
        let asked = request.into_inner();
        let page = Page::parse(asked.page_size, &asked.page_token)?;
        let filter = violation::Filter {
            inspection: text("inspection", asked.inspection, InspectionId::new)?,
            kind: value("kind", asked.kind)?,
            decided: asked.decided,
        };
        let rows = move |state: &State| page.fill(violation::violations(state, page.after(), &filter));
        let ((violations, next_page_token), size) = self.0.look(rows).await?;
        Ok(Response::new(ListViolationsResponse { violations, next_page_token, size }))
    }

    async fn get_violation(
        &self,
        request: Request<GetViolationRequest>,
    ) -> Result<Response<GetViolationResponse>, Status> {
        let asked = request.into_inner();
        let violation_id = named("violation", asked.violation, ViolationId::new)?;
        let name = format!("violation {violation_id}");
        let (violation, size) =
            self.0.one(name, move |state| violation::violation(state, &violation_id)).await?;
        Ok(Response::new(GetViolationResponse { violation, size }))
    }
}
