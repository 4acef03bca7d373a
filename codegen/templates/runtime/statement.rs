/// One statement on one row of a table: its SQL, its parameters, and the row type it gives back.
///
/// ```text
/// let school = SchoolInsert::new(169, "Coastal College").with_conference_id(ConferenceRef::NcaaId(821));
/// let school: School = school.upsert().fetch_one(&pool).await?;
///
/// let patch = SchoolPatch::default().with_nickname("Gulls".to_owned());
/// let changed: u64 = patch.update(SchoolRef::NcaaId(169)).execute(&pool).await?;
///
/// let found: Option<School> = School::find(school.id).fetch_optional(&mut *transaction).await?;
/// ```
///
/// Values travel as parameters in their text form, which the server reads as the column's type. A parent that is named by a
/// natural key is looked up by a sub-select; if it is not there, nothing is written: `execute` gives 0, and `fetch_one`
/// [`sqlx::Error::RowNotFound`].
#[must_use = "a statement does nothing until it is executed or fetched"]
pub struct Statement<T> {
    sql: String,
    returning: String,
    parameters: Vec<Option<String>>,
    row: std::marker::PhantomData<fn() -> T>,
}

impl<T: Table> Statement<T> {
    fn new(sql: String, returning: String, writer: Writer) -> Self {
        Self { sql, returning, parameters: writer.parameters, row: std::marker::PhantomData }
    }

    /// The SQL that [`Statement::execute`] runs.
    pub fn sql(&self) -> &str {
        &self.sql
    }

    /// The SQL that [`Statement::fetch_one`] and [`Statement::fetch_optional`] run: the same, giving the row back.
    pub fn sql_returning(&self) -> &str {
        &self.returning
    }

    /// The parameters, `$1` first, in text form.
    pub fn parameters(&self) -> &[Option<String>] {
        &self.parameters
    }

    /// Runs it. Gives how many rows it wrote (or, of [`Keyed::find`], found): an upsert of what is there already writes none.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn execute<'e>(self, executor: impl sqlx::PgExecutor<'e>) -> sqlx::Result<u64> {
        let query = sqlx::query(sqlx::AssertSqlSafe(self.sql));
        let query = self.parameters.into_iter().fold(query, |query, parameter| query.bind(parameter));
        Ok(query.execute(executor).await?.rows_affected())
    }

    /// Runs it and gives the row as it is afterwards.
    ///
    /// # Errors
    /// [`sqlx::Error::RowNotFound`] if there is none; else those of the database.
    pub async fn fetch_one<'e>(self, executor: impl sqlx::PgExecutor<'e>) -> sqlx::Result<T> {
        self.fetch_optional(executor).await?.ok_or(sqlx::Error::RowNotFound)
    }

    /// Runs it and gives the row as it is afterwards; `None` if there is none, or a parent that it names is not there.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn fetch_optional<'e>(self, executor: impl sqlx::PgExecutor<'e>) -> sqlx::Result<Option<T>> {
        let query = sqlx::query_as(sqlx::AssertSqlSafe(self.returning));
        let query = self.parameters.into_iter().fold(query, |query, parameter| query.bind(parameter));
        query.fetch_optional(executor).await
    }

    fn find(key: &dyn Reference) -> Self {
        let mut writer = Writer::default();
        let sql = select(T::TABLE, &[writer.named_by(key)]);
        Self::new(sql.clone(), sql, writer)
    }

    fn insert<I: Insert<Row = T>>(row: &I) -> Self {
        let mut writer = Writer::default();
        let mut given = Vec::new();
        row.visit(&mut |index, cell| given.push(writer.write(T::TABLE, index, cell)));
        let sql = writer.insertion::<T>(&given, "");
        let returning = format!("{sql} RETURNING {}", T::TABLE.select_list());
        Self::new(sql, returning, writer)
    }

    fn upsert<I: Insert<Row = T>>(row: &I, key: Key<T>) -> Self {
        let (table, key) = (T::TABLE, key.definition());
        let mut writer = Writer::default();
        let mut given = Vec::new();
        row.visit(&mut |index, cell| given.push(writer.write(table, index, cell)));
        let action = writer.action::<T>(&given, key);
        let sql = writer.insertion::<T>(&given, &format!(" ON CONFLICT {} DO {action}", arbiter(key)));
        // An unchanged row is not touched, and what is not touched is not returned.
        let there = [same_key(table, key, &given), "NOT EXISTS (SELECT FROM written)".to_owned()];
        let returning = format!(
            "WITH written AS ({sql} RETURNING *) SELECT {} FROM written UNION ALL {}",
            table.select_list(),
            select(table, &there)
        );
        Self::new(sql, returning, writer)
    }

    fn update<P: Patch<Row = T>>(patch: &P, key: &dyn Reference) -> Self {
        let table = T::TABLE;
        let mut writer = Writer::default();
        let mut given = Vec::new();
        patch.visit(&mut |index, cell| given.push(writer.write(table, index, cell)));
        let mut conditions = vec![writer.named_by(key)];
        conditions.extend(parents_found(&given));
        if given.is_empty() {
            let sql = select(table, &conditions);
            return Self::new(sql.clone(), sql, writer);
        }
        let given: Vec<_> = given.into_iter().map(|field| (field.column, field.value)).collect();
        let refreshed = writer.refreshed::<T>(|index| given.iter().all(|(column, _)| *column != index));
        let assignments = given.into_iter().chain(refreshed).map(|(index, value)| assignment(table, index, &value));
        let sql = format!(
            "UPDATE {} SET {} WHERE {}",
            table_name(table),
            assignments.collect::<Vec<_>>().join(", "),
            conditions.join(" AND ")
        );
        let returning = format!("{sql} RETURNING {}", table.select_list());
        Self::new(sql, returning, writer)
    }
}
