//! `/teams/{id}/season_to_date_stats`: a team's season in one category, the others linked. *Reported*: no whole page has been
//! captured.

use std::sync::LazyLock;

use scraper::Selector;

use super::super::records::{Asked, Category, GridPage};
use super::grid::{Context, read};
use super::{header, id_after};
use crate::Result;
use crate::fetch::Response;
use crate::sources::found::Extracted;
use crate::sources::html::{Page, selector, text_of};

static GRID: LazyLock<Selector> = LazyLock::new(|| selector("table#stat_grid"));
static LINKS: LazyLock<Selector> = LazyLock::new(|| selector("a[href*=\"year_stat_category_id=\"]"));
static OPTIONS: LazyLock<Selector> = LazyLock::new(|| selector("select option[value*=\"year_stat_category_id=\"]"));

/// The statistics of a page, and the categories that it leads to. The category that is shown is the one of the address, else the
/// one that the page marks (`active`, `selected`), else it is not known. A grid without players is no error.
///
/// # Errors
/// The grid or its name column is missing, or it is not known whose it is: exit 65.
pub fn season(response: &Response, asked: &Asked) -> Result<GridPage> {
    let page = Page::parse(response)?;
    let grid = page.first(&GRID).ok_or_else(|| page.lacks("`table#stat_grid` finds nothing"))?;
    let team = header::team(&page, response, asked)?;
    let mut categories: Vec<Category> = Vec::new();
    let mut marked = None;
    for (element, target) in
        (page.all(&LINKS).map(|link| (link, "href"))).chain(page.all(&OPTIONS).map(|option| (option, "value")))
    {
        let id = element.value().attr(target).and_then(|target| id_after(target, "year_stat_category_id="));
        let (Some(id), name) = (id, text_of(element)) else { continue };
        if name.is_empty() || categories.iter().any(|known| known.id == id) {
            continue;
        }
        let shown =
            element.value().classes().any(|class| class == "active") || element.value().attr("selected").is_some();
        if shown {
            marked = Some(id);
        }
        categories.push(Category { id, name });
    }
    let shown = id_after(&response.url, "year_stat_category_id=").or(marked);
    let category = categories.iter().find(|known| Some(known.id) == shown).map(|known| known.name.clone());
    let mut stats = Extracted::default();
    let context = Context {
        team_id: team.team_id,
        organisation_id: team.organisation_id,
        team_name: team.school_name.as_deref(),
        category: category.as_deref(),
    };
    if !read(&page.table(grid), &context, &mut stats) {
        let found = page.headers(grid).join(", ");
        return Err(page.lacks(format_args!("`table#stat_grid` has no column `Name` or `Player`, only: {found}")));
    }
    Ok(GridPage { team, category, categories, stats })
}
