/// A value in the text form that PostgreSQL reads back as the same, whatever its settings. Null has none, and neither has a
/// reference: they give an empty text.
fn text(cell: Cell<'_>) -> String {
    match cell {
        Cell::Null | Cell::Reference(_) => String::new(),
        Cell::Bool(value) => value.to_string(),
        Cell::Int2(value) => value.to_string(),
        Cell::Int4(value) => value.to_string(),
        Cell::Int8(value) => value.to_string(),
        Cell::Float4(value) => value.to_string(),
        Cell::Float8(value) => value.to_string(),
        Cell::Numeric(value) => value.to_string(),
        Cell::Text(value) => value.to_owned(),
        Cell::Json(value) => value.to_string(),
        Cell::Document(value) => value.to_value().to_string(),
        Cell::Uuid(value) => value.to_string(),
        Cell::Date(value) => moment(value, ""),
        Cell::Time(value) => clock(value),
        Cell::Timestamp(value) => moment(value.date(), &format!(" {}", clock(value.time()))),
        Cell::TimestampTz(value) => moment(value.date_naive(), &format!(" {}+00", clock(value.time()))),
        Cell::Bytes(value) => value.iter().fold("\\x".to_owned(), |hex, byte| format!("{hex}{byte:02x}")),
        Cell::Shown(value) => value.to_string(),
        Cell::Array(elements) => array_text(elements),
    }
}

/// Digits below a microsecond are cut off, where PostgreSQL would round, up to 24:00.
fn clock(time: NaiveTime) -> String {
    time.format("%H:%M:%S%.6f").to_string()
}

/// Years before 1 count from 1 BC down, and carry no sign.
fn moment(date: NaiveDate, time: &str) -> String {
    let (era, year) = date.year_ce();
    format!("{year:04}-{:02}-{:02}{time}{}", date.month(), date.day(), if era { "" } else { " BC" })
}

/// `{1,NULL,"a \"b\""}`: every element but nulls and inner arrays in quotes. PostgreSQL has one empty array, `{}`.
fn array_text(elements: &dyn Elements) -> String {
    let element = |index| match elements.element(index) {
        Cell::Null => Some("NULL".to_owned()),
        Cell::Array(inner) => Some(array_text(inner)).filter(|inner| inner != "{}"),
        cell => Some(format!("\"{}\"", text(cell).replace('\\', "\\\\").replace('"', "\\\""))),
    };
    format!("{{{}}}", (0..elements.count()).filter_map(element).collect::<Vec<_>>().join(","))
}
