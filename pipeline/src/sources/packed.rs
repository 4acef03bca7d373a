//! Rows of many pages without holding them: what stays in memory is the pages, packed. The rows are made of a page when it is its
//! turn to be loaded, so that a season's statistics take no more memory than its pages.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use futures::future::{BoxFuture, LocalBoxFuture};
use models::{KeyDef, TableDef, Upsert};

use super::batch::RowSet;
use super::found::{Found, Place};
use crate::fetch::Response;
use crate::load::{Load, Next, Origin, Row, Rows};
use crate::validate::{Refusal, check_row};
use crate::{Error, Exit, Result};

/// A response, packed.
#[derive(Debug)]
pub struct Packed {
    /// All but the body.
    response: Response,
    /// The body's length.
    length: usize,
    packed: Vec<u8>,
}

impl Packed {
    /// Packs a response.
    ///
    /// # Errors
    /// Memory that cannot be had, exit 75.
    pub fn of(response: &Response) -> Result<Self> {
        let failed = |error| Error::new(Exit::Temporary, "a page cannot be packed").caused_by(error);
        let packed = zstd::bulk::compress(&response.body, zstd::DEFAULT_COMPRESSION_LEVEL).map_err(failed)?;
        let length = response.body.len();
        Ok(Self { response: Response { body: Bytes::new(), ..response.clone() }, length, packed })
    }

    /// The response.
    fn unpacked(&self) -> Result<Response> {
        let failed = |error| Error::new(Exit::Temporary, "a page cannot be unpacked").caused_by(error);
        let body = zstd::bulk::decompress(&self.packed, self.length).map_err(failed)?;
        Ok(Response { body: body.into(), ..self.response.clone() })
    }
}

/// Makes rows of a page that was read before.
pub type Turn<R> = Box<dyn Fn(&Response) -> Result<Vec<Found<R>>> + Send + Sync>;

/// Rows of one table, made of pages.
pub(super) struct OfPages<R> {
    pub(super) pages: Vec<Packed>,
    pub(super) turn: Turn<R>,
    /// How many rows they have in all.
    pub(super) number: usize,
    pub(super) key: &'static KeyDef,
}

impl<R> fmt::Debug for OfPages<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OfPages")
            .field("pages", &self.pages.len())
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}

impl<R: Upsert + Clone + fmt::Debug + Send + Sync + 'static> RowSet for OfPages<R> {
    fn table(&self) -> &'static TableDef {
        R::TABLE
    }

    fn check(&self, tell: &mut dyn FnMut(&Place, Result<(), Refusal>)) -> Result<()> {
        for page in &self.pages {
            let rows = (self.turn)(&page.unpacked()?)?;
            rows.iter().for_each(|found| tell(&found.place, check_row(&found.record)));
        }
        Ok(())
    }

    fn load<'a, 'c: 'a>(&'a self, load: &'a mut Load<'c>, source: &'a Arc<str>) -> LocalBoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let mut rows = PageRows { set: self, source, page: 0, at_hand: Vec::new().into_iter(), current: None };
            load.table_by_key(R::TABLE, self.key, &mut rows).await.map(drop)
        })
    }
}

/// The rows page by page.
struct PageRows<'a, R> {
    set: &'a OfPages<R>,
    source: &'a Arc<str>,
    page: usize,
    at_hand: std::vec::IntoIter<Found<R>>,
    current: Option<Row<R>>,
}

impl<R: Upsert + Send + Sync> Rows for PageRows<'_, R> {
    fn next(&mut self) -> Option<Next<'_>> {
        self.current = self.at_hand.next().map(|found| found.into_row(self.source));
        self.current.as_ref().map(|row| Next::Row(&row.row))
    }

    fn origin(&self) -> Arc<Origin> {
        self.current.as_ref().map(|row| Arc::clone(&row.origin)).unwrap_or_default()
    }

    fn expected(&self) -> Option<u64> {
        u64::try_from(self.set.number).ok()
    }

    fn refill(&mut self) -> BoxFuture<'_, Result<bool>> {
        let filled = match self.set.pages.get(self.page) {
            None => Ok(false),
            Some(page) => page.unpacked().and_then(|page| (self.set.turn)(&page)).map(|rows| {
                self.at_hand = rows.into_iter();
                self.page += 1;
                true
            }),
        };
        Box::pin(std::future::ready(filled))
    }
}
