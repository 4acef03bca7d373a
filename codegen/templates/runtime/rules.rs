/// A rule that a value can break. Its text form is stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Rule {
    /// NULL, or nothing at all, for a column that is NOT NULL.
    NullNotAllowed,
    /// More characters than the type holds.
    TooLong,
    /// A NUL character, which neither text nor json can hold.
    NulCharacter,
    /// A number or date beyond what the type holds.
    OutOfRange,
    /// Not a label of the enum.
    UnknownLabel,
    /// Not among the labels of `text({ enum: [...] })`. Drizzle's rule; the database takes it.
    NotListed,
    /// A check constraint does not hold.
    Check,
    /// A value of another type than the column's.
    WrongType,
    /// A text form that the column's type does not read.
    InvalidValue,
    /// An array whose rows differ in length.
    RaggedArray,
    /// A column that only the database writes: generated, or identity always.
    NotWritable,
}

impl Rule {
    /// The text form.
    pub fn as_str(self) -> &'static str {
        match self {
            Rule::NullNotAllowed => "null-not-allowed",
            Rule::TooLong => "too-long",
            Rule::NulCharacter => "nul-character",
            Rule::OutOfRange => "out-of-range",
            Rule::UnknownLabel => "unknown-label",
            Rule::NotListed => "not-listed",
            Rule::Check => "check",
            Rule::WrongType => "wrong-type",
            Rule::InvalidValue => "invalid-value",
            Rule::RaggedArray => "ragged-array",
            Rule::NotWritable => "not-writable",
        }
    }
}

impl std::fmt::Display for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What is wrong with one value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The rule it breaks.
    pub rule: Rule,
    /// The column and the value, in words.
    pub message: String,
}

/// A value that breaks a rule of its table.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// The table, as `schema.name`.
    pub table: String,
    /// The column; of a reference by natural key, the path to the part: `conference_id.ncaa_id`.
    pub column: String,
    /// The start of the value, in text form; `None` for null and for what is not given.
    pub value: Option<String>,
    /// The rule.
    pub rule: Rule,
    /// All of it in words.
    pub message: String,
}

impl std::fmt::Display for Violation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {} ({})", self.table, self.message, self.rule)
    }
}

/// Every violation of a row, in the order of its columns; never none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violations(Vec<Violation>);

impl std::ops::Deref for Violations {
    type Target = [Violation];

    fn deref(&self) -> &[Violation] {
        &self.0
    }
}

impl std::fmt::Display for Violations {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, violation) in self.iter().enumerate() {
            write!(f, "{}{violation}", if index == 0 { "" } else { "; " })?;
        }
        Ok(())
    }
}

impl std::error::Error for Violations {}

/// Holds the fields of one row to the rules of a table: types, NOT NULL, enums, and the checks that can be read. What only
/// the database can tell is left to it: whether parents exist, whether a key is taken, other checks.
#[derive(Debug)]
pub struct Rules<'t> {
    table: &'t TableDef,
    given: Vec<bool>,
    violations: Vec<Violation>,
}

impl<'t> Rules<'t> {
    /// For a row of a table.
    pub fn new(table: &'t TableDef) -> Self {
        Self { table, given: vec![false; table.columns.len()], violations: Vec::new() }
    }

    /// Takes a field, by its column's index.
    ///
    /// # Panics
    /// If the table has no such column.
    pub fn field(&mut self, index: usize, cell: Cell<'_>) {
        let column = &self.table.columns[index];
        self.given[index] = true;
        let checked = match cell {
            // The server reads them, and more than is read here.
            Cell::Text(_) if column.is_in_text_form() => characters(column, cell, None),
            Cell::Array(_) if column.is_in_text_form() => Ok(cell),
            _ => check(column, cell),
        };
        match checked {
            Err(fault) => self.add(column.name.to_string(), cell, fault),
            Ok(Cell::Null) => {}
            Ok(Cell::Reference(reference)) => self.reference(&column.name, reference),
            Ok(checked) => {
                if !is_allowed(column, checked) {
                    let message = format!("is {}, not one of {}", shown(&text(checked)), column.allowed.join(", "));
                    self.add(column.name.to_string(), cell, refuse(column, Rule::NotListed, message));
                }
                self.checks(column, checked);
            }
        }
    }

    /// After the last field: a row to be inserted gives what the database cannot do without.
    pub fn complete(&mut self, computed: impl Fn(usize) -> bool) {
        let columns = self.table.columns.iter().enumerate().filter(|(index, _)| !self.given[*index]);
        let filled = |column: &ColumnDef| {
            !column.not_null || column.default.is_some() || column.identity.is_some() || column.generated.is_some()
        };
        let lacking: Vec<_> = columns.filter(|(index, column)| !filled(column) && !computed(*index)).collect();
        for (_, column) in lacking {
            let fault = refuse(column, Rule::NullNotAllowed, "is NOT NULL and not given");
            self.add(column.name.to_string(), Cell::Null, fault);
        }
    }

    /// What came out.
    ///
    /// # Errors
    /// The violations, if there are any.
    pub fn outcome(self) -> Result<(), Violations> {
        if self.violations.is_empty() { Ok(()) } else { Err(Violations(self.violations)) }
    }

    fn add(&mut self, column: String, cell: Cell<'_>, Fault { rule, message }: Fault) {
        let value = match cell {
            Cell::Null => None,
            cell => Some(start(&text(cell))),
        };
        self.violations.push(Violation { table: self.table.qualified_name(), column, value, rule, message });
    }

    /// A parent is only looked up, so that the parts of its key may well be columns that nobody can write.
    fn reference(&mut self, path: &str, reference: &dyn Reference) {
        let (parent, key) = (reference.table(), reference.key());
        reference.visit(&mut |index, cell| {
            let Some(column) = key.columns.get(index).and_then(|name| parent.column(name)) else { return };
            let path = format!("{path}.{}", column.name);
            match cell {
                Cell::Reference(grandparent) => self.reference(&path, grandparent),
                Cell::Null => {
                    let fault = refuse(column, Rule::NullNotAllowed, format!("is null in {path}, which names no row"));
                    self.add(path, cell, fault);
                }
                cell => {
                    if let Err(fault) = scalar(column, cell) {
                        self.add(path, cell, fault);
                    }
                }
            }
        });
    }

    fn checks(&mut self, column: &ColumnDef, cell: Cell<'_>) {
        for check in self.table.checks.iter() {
            let conditions = check.conditions.iter().filter(|condition| condition.column == column.name);
            if conditions.map(|condition| holds(column, &condition.test, cell)).any(|holds| holds == Some(false)) {
                let message = format!("is {}; the check {} is {}", shown(&text(cell)), check.name, check.sql);
                self.add(column.name.to_string(), cell, refuse(column, Rule::Check, message));
            }
        }
    }
}

fn is_allowed(column: &ColumnDef, cell: Cell<'_>) -> bool {
    match cell {
        Cell::Text(label) => column.allowed.is_empty() || column.allowed.iter().any(|known| known == label),
        Cell::Array(elements) => (0..elements.count()).all(|index| is_allowed(column, elements.element(index))),
        _ => true,
    }
}

/// Whether a checked value passes a test as the database would store it; `None` where that cannot be told.
fn holds(column: &ColumnDef, test: &Test, cell: Cell<'_>) -> Option<bool> {
    match test {
        Test::Number(comparison, constant) => Some(comparison.holds(compare(column, cell, constant)?)),
        Test::Length(comparison, constant) => {
            let length = i64::try_from(stored(column, cell)?.chars().count()).ok()?;
            Some(comparison.holds(length.cmp(constant)))
        }
        Test::OneOf(values) => equals_any(column, cell, values),
        Test::NoneOf(values) => equals_any(column, cell, values).map(|equals| !equals),
    }
}

fn equals_any(column: &ColumnDef, cell: Cell<'_>, values: &[Str]) -> Option<bool> {
    if matches!(column.kind, Kind::Text { .. } | Kind::Enum { .. }) {
        let text = stored(column, cell)?;
        return Some(values.iter().any(|value| value == text));
    }
    let orders: Option<Vec<_>> = values.iter().map(|value| compare(column, cell, value)).collect();
    Some(orders?.into_iter().any(std::cmp::Ordering::is_eq))
}

/// A text without the spaces that PostgreSQL cuts off where it is longer than its type holds.
fn stored<'a>(column: &ColumnDef, cell: Cell<'a>) -> Option<&'a str> {
    let Cell::Text(text) = cell else { return None };
    let Kind::Text { max_length: Some(most) } = column.kind else { return Some(text) };
    Some(text.char_indices().nth(most as usize).map_or(text, |(end, _)| &text[..end]))
}

/// The order of a number and a constant: exact for whole numbers and `numeric`, which is rounded to its scale first; as
/// doubles for floats, of which NaN is PostgreSQL's greatest.
fn compare(column: &ColumnDef, cell: Cell<'_>, constant: &str) -> Option<std::cmp::Ordering> {
    let exact: Decimal = match cell {
        Cell::Int2(value) => value.into(),
        Cell::Int4(value) => value.into(),
        Cell::Int8(value) => value.into(),
        Cell::Numeric(value) => value,
        Cell::Text(form) => form.trim().parse().ok()?,
        Cell::Float4(value) => return compare_floats(value.into(), constant),
        Cell::Float8(value) => return compare_floats(value, constant),
        _ => return None,
    };
    let exact = match column.kind {
        Kind::Numeric { precision: Some(_), scale } => {
            let scale = u32::try_from(scale.unwrap_or(0)).ok()?;
            exact.round_dp_with_strategy(scale, rust_decimal::RoundingStrategy::MidpointAwayFromZero)
        }
        _ => exact,
    };
    Some(exact.cmp(&constant.parse().ok()?))
}

fn compare_floats(value: f64, constant: &str) -> Option<std::cmp::Ordering> {
    let constant: f64 = constant.parse().ok()?;
    Some(value.partial_cmp(&constant).unwrap_or_else(|| value.is_nan().cmp(&constant.is_nan())))
}
