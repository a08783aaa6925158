//! `OversightQueryService`: duties, disclosures and refusals as they are now.

use crate::filter::{bytes, shown, text, value};
use crate::limits;
use crate::page::Page;
use crate::views::Views;
use lotbook_domain::projection::{breach, disclosure, obligation, refusal};
use lotbook_engine::State;
use lotbook_event::{Code, Event, FieldError, SectionId};
use lotbook_rpc::proto::oversight_query_service_server::{
    OversightQueryService, OversightQueryServiceServer,
};
use lotbook_rpc::proto::{
    GetDisclosureRequest, GetDisclosureResponse, ListBreachesRequest, ListBreachesResponse,
    ListDisclosuresRequest, ListDisclosuresResponse, ListObligationsRequest, ListObligationsResponse,
    ListRefusalCountsRequest, ListRefusalCountsResponse, ListRefusalsRequest, ListRefusalsResponse,
};
use tonic::{Request, Response, Status};

/// The service.
pub struct OversightQuery(Views);

impl OversightQuery {
    pub(crate) fn new(views: Views) -> Self {
        Self(views)
    }

    pub(crate) fn service(self) -> OversightQueryServiceServer<Self> {
        OversightQueryServiceServer::new(self)
            .max_decoding_message_size(limits::MAX_REQUEST_BYTES)
            .max_encoding_message_size(limits::MAX_ANSWER_BYTES)
    }
}

#[tonic::async_trait]
impl OversightQueryService for OversightQuery {
    async fn list_obligations(
        &self,
        request: Request<ListObligationsRequest>,
    ) -> Result<Response<ListObligationsResponse>, Status> {
        let asked = request.into_inner();
        let page = Page::parse(asked.page_size, &asked.page_token)?;
        let filter = obligation::Filter {
            kind: value("kind", asked.kind)?,
            state: shown("state", asked.state)?,
            section: text("section", asked.section, SectionId::new)?,
            late: asked.late,
        };
        let rows = move |state: &State| page.fill(obligation::obligations(state, page.after(), &filter));
        let ((obligations, next_page_token), size) = self.0.look(rows).await?;
        Ok(Response::new(ListObligationsResponse { obligations, next_page_token, size }))
    }

    async fn list_disclosures(
        &self,
        request: Request<ListDisclosuresRequest>,
    ) -> Result<Response<ListDisclosuresResponse>, Status> {
        let asked = request.into_inner();
        let page = Page::parse(asked.page_size, &asked.page_token)?;
        let rows = move |state: &State| page.fill(disclosure::disclosures(state, page.after()));
        let ((disclosures, next_page_token), size) = self.0.look(rows).await?;
        Ok(Response::new(ListDisclosuresResponse { disclosures, next_page_token, size }))
    }

    async fn get_disclosure(
        &self,
        request: Request<GetDisclosureRequest>,
    ) -> Result<Response<GetDisclosureResponse>, Status> {
        let year = request.into_inner().year;
        let name = format!("disclosure of {year}");
        let (disclosure, size) = self.0.one(name, move |state| disclosure::disclosure(state, year)).await?;
        Ok(Response::new(GetDisclosureResponse { disclosure, size }))
    }

    async fn list_refusals(
        &self,
        request: Request<ListRefusalsRequest>,
    ) -> Result<Response<ListRefusalsResponse>, Status> {
        let asked = request.into_inner();
        let page = Page::parse(asked.page_size, &asked.page_token)?;
        let filter = refusal::Filter {
            code: text("code", asked.code, refusal_code)?,
            author: bytes("key_id", asked.key_id)?,
            event: text("event", asked.event, event_name)?,
        };
        let rows = move |state: &State| page.fill(refusal::refusals(state, page.after(), &filter));
        let ((refusals, next_page_token), size) = self.0.look(rows).await?;
        Ok(Response::new(ListRefusalsResponse { refusals, next_page_token, size }))
    }

    async fn list_refusal_counts(
        &self,
        request: Request<ListRefusalCountsRequest>,
    ) -> Result<Response<ListRefusalCountsResponse>, Status> {
        let asked = request.into_inner();
        let page = Page::parse(asked.page_size, &asked.page_token)?;
        let filter = refusal::Filter {
            code: text("code", asked.code, refusal_code)?,
            author: bytes("key_id", asked.key_id)?,
            event: None,
        };
        let rows = move |state: &State| page.fill(refusal::refusal_counts(state, page.after(), &filter));
        let ((refusal_counts, next_page_token), size) = self.0.look(rows).await?;
        Ok(Response::new(ListRefusalCountsResponse { refusal_counts, next_page_token, size }))
    }

    async fn list_breaches(
        &self,
        request: Request<ListBreachesRequest>,
    ) -> Result<Response<ListBreachesResponse>, Status> {
        let asked = request.into_inner();
        let page = Page::parse(asked.page_size, &asked.page_token)?;
        let filter = breach::Filter { article: Some(asked.article).filter(|article| *article != 0) };
        let rows = move |state: &State| page.fill(breach::breaches(state, page.after(), &filter));
        let ((breaches, next_page_token), size) = self.0.look(rows).await?;
        Ok(Response::new(ListBreachesResponse { breaches, next_page_token, size }))
    }
}

/// A refusal code of this version.
fn refusal_code(text: String) -> Result<Code, FieldError> {
    let code = Code::ALL.iter().find(|code| code.as_str() == text);
    code.copied().ok_or_else(|| FieldError::new(format!("`{text}` is no refusal code")))
}

/// What a refusal records as the event of a statement that cannot be read.
const UNREADABLE: &str = "unreadable";

/// The name of an event, as refusals record it.
fn event_name(text: String) -> Result<String, FieldError> {
    let known = Event::NAMES.contains(&text.as_str()) || text == UNREADABLE;
    if known { Ok(text) } else { Err(FieldError::new(format!("`{text}` is no event"))) }
}
