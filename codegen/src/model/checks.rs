//! Check constraints that can be read exactly: comparisons of one column with constants, joined by `and`.
//!
//! Anything else is left to the database, so that what a model refuses is what PostgreSQL would refuse, and no more.

use crate::schema::{Check, Column, DataType, Table};

/// What a check asks of one column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The column's name.
    pub column: String,
    /// What is asked.
    pub test: Test,
}

/// `runtime::Test`, as the generator sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// A number compared with a constant.
    Number(Comparison, String),
    /// A number of characters compared with a constant.
    Length(Comparison, i64),
    /// One of these.
    OneOf(Vec<String>),
    /// None of these.
    NoneOf(Vec<String>),
}

/// `runtime::Comparison`, as the generator sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `=`
    Equal,
    /// `<>`
    NotEqual,
    /// `>=`
    GreaterOrEqual,
    /// `>`
    Greater,
}

impl Comparison {
    fn of(sign: &str) -> Option<Comparison> {
        Some(match sign {
            "<" => Comparison::Less,
            "<=" => Comparison::LessOrEqual,
            "=" => Comparison::Equal,
            "<>" | "!=" => Comparison::NotEqual,
            ">=" => Comparison::GreaterOrEqual,
            ">" => Comparison::Greater,
            _ => return None,
        })
    }

    /// For `5 < column`, which is `column > 5`.
    fn mirrored(self) -> Comparison {
        match self {
            Comparison::Less => Comparison::Greater,
            Comparison::LessOrEqual => Comparison::GreaterOrEqual,
            Comparison::GreaterOrEqual => Comparison::LessOrEqual,
            Comparison::Greater => Comparison::Less,
            other => other,
        }
    }
}

/// The conditions that a check consists of; none if it says anything else besides.
pub fn read(table: &Table, check: &Check) -> Vec<Condition> {
    let read = || {
        let tokens = tokens(&check.expression)?;
        let mut reader = Reader { table, tokens: &tokens, conditions: Vec::new() };
        reader.all()?;
        reader.tokens.is_empty().then_some(reader.conditions)
    };
    read().unwrap_or_default()
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    /// A keyword or a bare name, in lower case as PostgreSQL folds it.
    Word(String),
    /// A name in quotes.
    Name(String),
    Number(String),
    Text(String),
    Sign(String),
}

fn tokens(sql: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = sql.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '"' | '\'' => {
                let (text, length) = quoted(rest, first)?;
                (if first == '"' { Token::Name(text) } else { Token::Text(text) }, length)
            }
            c if c.is_ascii_alphabetic() || c == '_' => {
                let length = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
                (Token::Word(rest[..length].to_ascii_lowercase()), length)
            }
            c if c.is_ascii_digit() => {
                let length = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len());
                // `1e3`, `0x10`, `1_000`
                if rest[length..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_') {
                    return None;
                }
                (Token::Number(rest[..length].to_owned()), length)
            }
            '<' | '>' | '=' | '!' => {
                let length = rest.find(|c: char| !"<>=!".contains(c)).unwrap_or(rest.len());
                (Token::Sign(rest[..length].to_owned()), length)
            }
            '(' | ')' | ',' | '.' | '-' => (Token::Sign(first.to_string()), 1),
            _ => return None,
        };
        // `E'…'` and its like are other strings.
        if matches!((tokens.last(), &token), (Some(Token::Word(_)), Token::Text(_))) && !sql_space_before(sql, rest) {
            return None;
        }
        tokens.push(token);
        rest = rest[length..].trim_start();
    }
    // `- 5` is a number where no value stands before it.
    let mut joined: Vec<Token> = Vec::new();
    for token in tokens {
        match (joined.last(), token) {
            (Some(Token::Sign(minus)), Token::Number(number)) if minus == "-" => {
                joined.pop();
                joined.push(Token::Number(format!("-{number}")));
            }
            (_, token) => joined.push(token),
        }
    }
    Some(joined)
}

fn sql_space_before(sql: &str, rest: &str) -> bool {
    sql[..sql.len() - rest.len()].ends_with(char::is_whitespace)
}

/// What stands between two quotes, doubled ones made single, and how long it is in the source.
fn quoted(sql: &str, quote: char) -> Option<(String, usize)> {
    let mut text = String::new();
    let mut chars = sql.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c != quote {
            text.push(c);
        } else if chars.next_if(|(_, next)| *next == quote).is_some() {
            text.push(quote);
        } else {
            return Some((text, at + 1));
        }
    }
    None
}

struct Reader<'r> {
    table: &'r Table,
    tokens: &'r [Token],
    conditions: Vec<Condition>,
}

/// What is compared with constants.
enum Subject<'r> {
    Value(&'r Column),
    Length(&'r Column),
}

impl<'r> Reader<'r> {
    fn sign(&mut self, sign: &str) -> Option<()> {
        self.take(|token| matches!(token, Token::Sign(found) if found == sign)).map(drop)
    }

    fn word(&mut self, word: &str) -> Option<()> {
        self.take(|token| matches!(token, Token::Word(found) if found == word)).map(drop)
    }

    fn take(&mut self, is: impl Fn(&Token) -> bool) -> Option<&'r Token> {
        let (first, rest) = self.tokens.split_first()?;
        is(first).then(|| self.tokens = rest)?;
        Some(first)
    }

    /// `term and term …`
    fn all(&mut self) -> Option<()> {
        self.term()?;
        while self.word("and").is_some() {
            self.term()?;
        }
        Some(())
    }

    fn term(&mut self) -> Option<()> {
        if self.sign("(").is_some() {
            self.all()?;
            return self.sign(")");
        }
        if let Some(constant) = self.constant() {
            let comparison = self.comparison()?.mirrored();
            let subject = self.subject()?;
            return self.compare(&subject, comparison, constant);
        }
        let subject = self.subject()?;
        if self.word("between").is_some() {
            let low = self.constant()?;
            self.word("and")?;
            let high = self.constant()?;
            self.compare(&subject, Comparison::GreaterOrEqual, low)?;
            return self.compare(&subject, Comparison::LessOrEqual, high);
        }
        let negated = self.word("not").is_some();
        if self.word("in").is_some() {
            let Subject::Value(column) = subject else { return None };
            self.sign("(")?;
            let mut values = Vec::new();
            loop {
                values.push(comparable(column, self.constant()?)?);
                if self.sign(",").is_none() {
                    break;
                }
            }
            self.sign(")")?;
            self.add(column, if negated { Test::NoneOf(values) } else { Test::OneOf(values) });
            return Some(());
        }
        if negated {
            return None;
        }
        let comparison = self.comparison()?;
        let constant = self.constant()?;
        self.compare(&subject, comparison, constant)
    }

    fn comparison(&mut self) -> Option<Comparison> {
        let token = self.take(|token| matches!(token, Token::Sign(_)))?;
        if let Token::Sign(sign) = token { Comparison::of(sign) } else { None }
    }

    fn constant(&mut self) -> Option<&'r Token> {
        self.take(|token| matches!(token, Token::Number(_) | Token::Text(_)))
    }

    /// A column, or its length in characters.
    fn subject(&mut self) -> Option<Subject<'r>> {
        let function = |token: &Token| matches!(token, Token::Word(word) if ["length", "char_length", "character_length"].contains(&word.as_str()));
        if matches!(self.tokens, [name, Token::Sign(open), ..] if function(name) && open == "(") {
            self.tokens = &self.tokens[2..];
            let column = self.column()?;
            self.sign(")")?;
            return is_text(column).then_some(Subject::Length(column));
        }
        self.column().map(Subject::Value)
    }

    /// A column of the table, perhaps with the names of table and schema before it.
    fn column(&mut self) -> Option<&'r Column> {
        let mut path = vec![self.name()?];
        while self.sign(".").is_some() {
            path.push(self.name()?);
        }
        let (column, table) = path.split_last()?;
        let schema = self.table.schema.as_deref().unwrap_or("public");
        let own = [&[][..], &[self.table.name.as_str()], &[schema, self.table.name.as_str()]];
        own.contains(&table).then(|| self.table.column(column))?
    }

    fn name(&mut self) -> Option<&'r str> {
        match self.take(|token| matches!(token, Token::Word(_) | Token::Name(_)))? {
            Token::Word(name) | Token::Name(name) => Some(name),
            _ => None,
        }
    }

    fn compare(&mut self, subject: &Subject<'r>, comparison: Comparison, constant: &Token) -> Option<()> {
        match subject {
            Subject::Length(column) => {
                let Token::Number(number) = constant else { return None };
                self.add(column, Test::Length(comparison, number.parse().ok()?));
            }
            Subject::Value(column) => {
                let value = comparable(column, constant)?;
                let test = match (is_number(column), comparison) {
                    (true, comparison) => Test::Number(comparison, value),
                    (false, Comparison::Equal) => Test::OneOf(vec![value]),
                    (false, Comparison::NotEqual) => Test::NoneOf(vec![value]),
                    // How texts are ordered is the database's collation to say.
                    (false, _) => return None,
                };
                self.add(column, test);
            }
        }
        Some(())
    }

    fn add(&mut self, column: &Column, test: Test) {
        self.conditions.push(Condition { column: column.name.clone(), test });
    }
}

/// A constant of a kind that the column is compared with as it is.
fn comparable(column: &Column, constant: &Token) -> Option<String> {
    match constant {
        // What `Decimal` holds.
        Token::Number(number) if is_number(column) && number.len() <= 25 && number.matches('.').count() <= 1 => {
            Some(number.clone())
        }
        Token::Text(text) if is_text(column) || matches!(column.data_type, DataType::Enum { .. }) => Some(text.clone()),
        _ => None,
    }
}

fn is_number(column: &Column) -> bool {
    use DataType::{BigInt, BigSerial, DoublePrecision, Integer, Numeric, Real, Serial, SmallInt, SmallSerial};
    match &column.data_type {
        Numeric { scale, .. } => scale.is_none_or(|scale| (0..=28).contains(&scale)),
        other => {
            matches!(other, SmallInt | Integer | BigInt | SmallSerial | Serial | BigSerial | Real | DoublePrecision)
        }
    }
}

/// Text that equals text if its characters do; `char(n)` has spaces of its own.
fn is_text(column: &Column) -> bool {
    matches!(column.data_type, DataType::Text | DataType::Varchar { .. })
}
