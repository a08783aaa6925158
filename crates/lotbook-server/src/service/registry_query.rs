//! `RegistryQueryService`: item list and rosters as they are now.

use crate::filter::{named, shown, text, value, year};
use crate::limits;
use crate::page::Page;
use crate::views::Views;
use lotbook_domain::projection::{enterprise, inspector, item};
use lotbook_engine::State;
use lotbook_event::{AreaCode, InspectorId, ItemId, SectionId, Text, Uscc};
use lotbook_rpc::proto::registry_query_service_server::{RegistryQueryService, RegistryQueryServiceServer};
use lotbook_rpc::proto::{
    GetEnterpriseRequest, GetEnterpriseResponse, GetInspectorRequest, GetInspectorResponse, GetItemRequest,
    GetItemResponse, ListEnterprisesRequest, ListEnterprisesResponse, ListInspectorsRequest,
    ListInspectorsResponse, ListItemsRequest, ListItemsResponse,
};
use tonic::{Request, Response, Status};

/// The service.
pub struct RegistryQuery(Views);

impl RegistryQuery {
    pub(crate) fn new(views: Views) -> Self {
        Self(views)
    }

    pub(crate) fn service(self) -> RegistryQueryServiceServer<Self> {
        RegistryQueryServiceServer::new(self)
            .max_decoding_message_size(limits::MAX_REQUEST_BYTES)
            .max_encoding_message_size(limits::MAX_ANSWER_BYTES)
    }
}

#[tonic::async_trait]
impl RegistryQueryService for RegistryQuery {
    async fn list_items(
        &self,
        request: Request<ListItemsRequest>,
    ) -> Result<Response<ListItemsResponse>, Status> {
        let asked = request.into_inner();
        let page = Page::parse(asked.page_size, &asked.page_token)?;
        let filter = item::Filter {
            section: text("section", asked.section, SectionId::new)?,
            phase: shown("phase", asked.phase)?,
            category: text("category", asked.category, Text::new)?,
        };
        let rows = move |state: &State| page.fill(item::items(state, page.after(), &filter));
        let ((items, next_page_token), size) = self.0.look(rows).await?;
        Ok(Response::new(ListItemsResponse { items, next_page_token, size }))
    }

    async fn get_item(&self, request: Request<GetItemRequest>) -> Result<Response<GetItemResponse>, Status> {
        let asked = request.into_inner();
        let item_id = named("item", asked.item, ItemId::new)?;
        let name = format!("item {item_id}");
        let (item, size) = self.0.one(name, move |state| item::item(state, &item_id)).await?;
        Ok(Response::new(GetItemResponse { item, size }))
    }

    async fn list_inspectors(
        &self,
        request: Request<ListInspectorsRequest>,
    ) -> Result<Response<ListInspectorsResponse>, Status> {
        let asked = request.into_inner();
        let page = Page::parse(asked.page_size, &asked.page_token)?;
        let filter = inspector::Filter {
            section: text("section", asked.section, SectionId::new)?,
            duty: value("duty", asked.duty)?,
            qualification: text("qualification", asked.qualification, Text::new)?,
        };
        let rows = move |state: &State| page.fill(inspector::inspectors(state, page.after(), &filter));
        let ((inspectors, next_page_token), size) = self.0.look(rows).await?;
        Ok(Response::new(ListInspectorsResponse { inspectors, next_page_token, size }))
    }

    async fn get_inspector(
        &self,
        request: Request<GetInspectorRequest>,
    ) -> Result<Response<GetInspectorResponse>, Status> {
        let asked = request.into_inner();
        let inspector_id = named("inspector", asked.inspector, InspectorId::new)?;
        let name = format!("inspector {inspector_id}");
        let (inspector, size) =
            self.0.one(name, move |state| inspector::inspector(state, &inspector_id)).await?;
        Ok(Response::new(GetInspectorResponse { inspector, size }))
    }

    async fn list_enterprises(
        &self,
        request: Request<ListEnterprisesRequest>,
    ) -> Result<Response<ListEnterprisesResponse>, Status> {
        let asked = request.into_inner();
        let page = Page::parse(asked.page_size, &asked.page_token)?;
        let filter = enterprise::Filter {
            area: text("area", asked.area, AreaCode::new)?,
            kind: text("kind", asked.kind, Text::new)?,
            registration: text("registration", asked.registration, Text::new)?,
            status: text("status", asked.status, Text::new)?,
            drawn_in: year(asked.drawn_in),
        };
        let rows = move |state: &State| page.fill(enterprise::enterprises(state, page.after(), &filter));
        let ((enterprises, next_page_token), size) = self.0.look(rows).await?;
        Ok(Response::new(ListEnterprisesResponse { enterprises, next_page_token, size }))
    }

    async fn get_enterprise(
        &self,
        request: Request<GetEnterpriseRequest>,
    ) -> Result<Response<GetEnterpriseResponse>, Status> {
        let asked = request.into_inner();
        let uscc_id = named("uscc", asked.uscc, Uscc::new)?;
        let name = format!("enterprise {uscc_id}");
        let (enterprise, size) =
            self.0.one(name, move |state| enterprise::enterprise(state, &uscc_id)).await?;
        Ok(Response::new(GetEnterpriseResponse { enterprise, size }))
    }
}
