/// Writes SQL and collects its parameters.
#[derive(Debug, Default)]
struct Writer {
    parameters: Vec<Option<String>>,
}

/// A field as SQL.
struct Write {
    column: usize,
    value: String,
    /// A parent by natural key, which may not be there.
    parent: bool,
}

impl Writer {
    fn write(&mut self, table: &TableDef, column: usize, cell: Cell<'_>) -> Write {
        Write { column, parent: matches!(cell, Cell::Reference(_)), value: self.value(table, &table.columns[column], cell) }
    }

    fn value(&mut self, table: &TableDef, column: &ColumnDef, cell: Cell<'_>) -> String {
        match cell {
            Cell::Reference(parent) => {
                let target = referenced(table, column, parent.table());
                let found = self.named_by(parent);
                format!("(SELECT {} FROM {} WHERE {found})", ident(&target), table_name(parent.table()))
            }
            Cell::Null => self.parameter(column, None),
            cell => self.parameter(column, Some(text(cell))),
        }
    }

    fn parameter(&mut self, column: &ColumnDef, value: Option<String>) -> String {
        self.parameters.push(value);
        format!("${}{}", self.parameters.len(), cast(column))
    }

    /// The condition that holds for the one row of that key.
    fn named_by(&mut self, key: &dyn Reference) -> String {
        let (table, columns) = (key.table(), &key.key().columns);
        let mut conditions = Vec::new();
        key.visit(&mut |index, cell| {
            if let Some(column) = columns.get(index).and_then(|name| table.column(name)) {
                conditions.push(format!("{} = {}", ident(&column.name), self.value(table, column, cell)));
            }
        });
        conditions.join(" AND ")
    }

    /// `INSERT` of what is given and what Drizzle's client would compute, with what follows the values.
    fn insertion<T: Table>(&mut self, given: &[Write], then: &str) -> String {
        let table = T::TABLE;
        let mut fields: Vec<_> = given.iter().map(|field| (field.column, field.value.clone())).collect();
        for (index, column) in table.columns.iter().enumerate().filter(|(index, _)| absent(given, *index)) {
            if let Some(RuntimeValue::Sql(sql)) = &column.runtime_default {
                fields.push((index, format!("({sql})")));
            } else if let Some(value) = computed::<T>(index) {
                fields.push((index, self.parameter(column, Some(value))));
            }
        }
        if fields.is_empty() {
            return format!("INSERT INTO {} DEFAULT VALUES{then}", table_name(table));
        }
        let names: Vec<_> = fields.iter().map(|(index, _)| ident(&table.columns[*index].name)).collect();
        let values: Vec<_> = fields.into_iter().map(|(_, value)| value).collect();
        let parents = parents_found(given);
        let values = if parents.is_empty() {
            format!("VALUES ({})", values.join(", "))
        } else {
            format!("SELECT {} WHERE {}", values.join(", "), parents.join(" AND "))
        };
        format!("INSERT INTO {} ({}) {values}{then}", table_name(table), names.join(", "))
    }

    /// What `ON CONFLICT` does: takes the given fields, less those that the key has made equal already, if one differs.
    fn action<T: Table>(&mut self, given: &[Write], key: &KeyDef) -> String {
        let table = T::TABLE;
        let columns = given.iter().filter(|field| !key.columns.contains(&table.columns[field.column].name));
        let columns: Vec<_> = columns.map(|field| field.column).collect();
        if columns.is_empty() {
            return "NOTHING".to_owned();
        }
        let excluded = |index: &usize| format!("excluded.{}", ident(&table.columns[*index].name));
        let differs: Vec<_> = columns
            .iter()
            .map(|index| {
                let column = &table.columns[*index];
                // json has no equality, and neither have some types that are not known here; their text has.
                let text = if matches!(column.kind, Kind::Json | Kind::Other) { "::text" } else { "" };
                let there = format!("{}.{}", table_name(table), ident(&column.name));
                format!("{there}{text} IS DISTINCT FROM {}{text}", excluded(index))
            })
            .collect();
        let refreshed = self.refreshed::<T>(|index| absent(given, index));
        let assignments = columns.iter().map(|index| assignment(table, *index, &excluded(index)));
        let assignments = assignments.chain(refreshed.iter().map(|(index, value)| assignment(table, *index, value)));
        format!("UPDATE SET {} WHERE {}", assignments.collect::<Vec<_>>().join(", "), differs.join(" OR "))
    }

    /// New values of the absent columns that have an `$onUpdate`.
    fn refreshed<T: Table>(&mut self, absent: impl Fn(usize) -> bool) -> Vec<(usize, String)> {
        let columns = T::TABLE.columns.iter().enumerate().filter(|(index, _)| absent(*index));
        let value = |(index, column): (usize, &ColumnDef)| match &column.on_update {
            Some(RuntimeValue::Sql(sql)) => Some((index, sql.to_string())),
            _ => Some((index, self.parameter(column, Some(T::update_value(index)?)))),
        };
        columns.filter_map(value).collect()
    }
}

/// What Drizzle's client inserts into an absent column: `$defaultFn`, else `$onUpdate` where the database has no default
/// (drizzle-orm, `PgDialect.buildInsertQuery`).
fn computed<T: Table>(index: usize) -> Option<String> {
    let column = &T::TABLE.columns[index];
    let filled = column.default.is_some() || column.identity.is_some() || column.generated.is_some();
    T::default_value(index).or_else(|| if filled { None } else { T::update_value(index) })
}

fn absent(given: &[Write], index: usize) -> bool {
    given.iter().all(|field| field.column != index)
}

/// Conditions that hold if every parent that is named by a natural key is there.
fn parents_found(given: &[Write]) -> Vec<String> {
    given.iter().filter(|field| field.parent).map(|field| format!("{} IS NOT NULL", field.value)).collect()
}

/// The condition that holds for the row that conflicts with a new one by that key.
fn same_key(table: &TableDef, key: &KeyDef, given: &[Write]) -> String {
    let value = |index: usize| match given.iter().find(|field| field.column == index) {
        Some(field) => field.value.clone(),
        None => default_of(&table.columns[index]),
    };
    let equals = if key.nulls_not_distinct { "IS NOT DISTINCT FROM" } else { "=" };
    let columns = table.columns.iter().enumerate().filter(|(_, column)| key.columns.contains(&column.name));
    let mut conditions: Vec<_> =
        columns.map(|(index, column)| format!("{} {equals} {}", ident(&column.name), value(index))).collect();
    if !key.expressions.is_empty() {
        let image = table.columns.iter().enumerate();
        let image: Vec<_> = image
            .filter(|(_, column)| key.expressions.iter().any(|sql| sql.contains(column.name.as_ref())))
            .map(|(index, column)| format!("{} AS {}", value(index), ident(&column.name)))
            .collect();
        for sql in key.expressions.iter() {
            let image = format!("(SELECT {}) AS {}", image.join(", "), ident(&table.name));
            conditions.push(format!("({sql}) {equals} (SELECT {sql} FROM {image})"));
        }
    }
    conditions.extend(key.predicate.iter().map(|sql| format!("({sql})")));
    conditions.join(" AND ")
}

/// What an absent column gets, where that is the same each time.
fn default_of(column: &ColumnDef) -> String {
    match &column.default {
        Some(sql) if !sql.contains("nextval") => format!("({sql})::{}", column.sql_type),
        _ => format!("NULL::{}", column.sql_type),
    }
}

/// The conflict target that means a key and no other.
fn arbiter(key: &KeyDef) -> String {
    let columns = key.columns.iter().map(|name| ident(name));
    let parts: Vec<_> = columns.chain(key.expressions.iter().map(|sql| format!("({sql})"))).collect();
    let predicate = key.predicate.as_ref().map(|sql| format!(" WHERE {sql}")).unwrap_or_default();
    format!("({}){predicate}", parts.join(", "))
}

fn select(table: &TableDef, conditions: &[String]) -> String {
    format!("SELECT {} FROM {} WHERE {}", table.select_list(), table_name(table), conditions.join(" AND "))
}

fn assignment(table: &TableDef, index: usize, value: &str) -> String {
    format!("{} = {value}", ident(&table.columns[index].name))
}

/// The column of a parent that a foreign key column holds.
fn referenced(table: &TableDef, column: &ColumnDef, parent: &TableDef) -> Str {
    let target = table.references.iter().find_map(|foreign| {
        let place = foreign.columns.iter().position(|name| *name == column.name)?;
        let same = foreign.foreign_schema == parent.schema && foreign.foreign_table == parent.name;
        same.then(|| foreign.foreign_columns[place].clone())
    });
    // Generated code gives references where there is a foreign key only.
    target.unwrap_or(Cow::Borrowed("id"))
}

/// How the text of a parameter becomes the column's type: not by a cast to a length, which would cut silently what an
/// assignment refuses.
fn cast(column: &ColumnDef) -> String {
    let bare = column.sql_type.split('(').next().unwrap_or_default().trim_end_matches("[]").trim_end();
    let element = match &column.kind {
        Kind::Text { .. } if ["text", "varchar", "character varying"].contains(&bare) => match column.dimensions {
            0 => return String::new(),
            _ => bare,
        },
        Kind::Char { .. } => "bpchar",
        Kind::Numeric { .. } => "numeric",
        Kind::Text { .. } => bare,
        Kind::Bit { .. } => "varbit",
        Kind::Vector { .. } => bare,
        // The text of their arrays has another separator than the comma.
        _ if column.dimensions > 0 && ["box", "geometry", "geography"].contains(&bare) => {
            return format!("::text{}::{}", "[]".repeat(column.dimensions.into()), column.sql_type);
        }
        _ => return format!("::{}", column.sql_type),
    };
    format!("::{element}{}", "[]".repeat(column.dimensions.into()))
}

fn table_name(table: &TableDef) -> String {
    format!("{}.{}", ident(&table.schema), ident(&table.name))
}

/// An identifier in double quotes.
fn ident(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
