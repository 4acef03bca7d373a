//! Schemas to measure with, of any size: tables as projects have them (15 columns, references, indexes, an enum each
//! tenth), in one file, or in folders with barrels, helpers and `paths` of a `tsconfig.json`.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

/// How the tables are spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// All in `schema.ts`.
    OneFile,
    /// In so many files, seven folders deep at most, which import one another.
    Files(usize),
}

/// Files of one folder in [`Layout::Files`].
const FOLDER: usize = 10;

/// Writes a project of that many tables to an empty folder. Its `schema` setting is the returned path.
///
/// # Errors
/// When the folder cannot be written.
pub(crate) fn write(folder: &Path, tables: usize, layout: Layout) -> io::Result<&'static str> {
    match layout {
        Layout::OneFile => {
            let mut text = String::from(DRIZZLE);
            text.push_str(HELPERS);
            for number in 0..tables {
                table(&mut text, number);
            }
            fs::write(folder.join("schema.ts"), text)?;
            Ok("schema.ts")
        }
        Layout::Files(files) => {
            let database = folder.join("src/database");
            fs::create_dir_all(database.join("helpers"))?;
            fs::write(folder.join("tsconfig.json"), TSCONFIG)?;
            fs::write(database.join("helpers/columns.ts"), format!("{DRIZZLE}{HELPERS}"))?;
            fs::write(database.join("helpers/index.ts"), "export * from './columns';\n")?;
            let mut barrel = String::new();
            for first in (0..files).step_by(FOLDER) {
                let area = area(first);
                fs::create_dir_all(database.join(&area))?;
                let mut inner = String::new();
                for file in first..files.min(first + FOLDER) {
                    fs::write(database.join(format!("{area}/{}.ts", file_name(file))), module(file, tables, files))?;
                    let _ = writeln!(inner, "export * from './{}';", file_name(file));
                }
                fs::write(database.join(format!("{area}/index.ts")), inner)?;
                let _ = writeln!(barrel, "export * from './{area}';");
            }
            fs::write(database.join("index.ts"), barrel)?;
            Ok("src/database/index.ts")
        }
    }
}

const TSCONFIG: &str = r#"{
  // As most projects have it.
  "compilerOptions": { "strict": true, "baseUrl": ".", "paths": { "@/*": ["./src/*"], "~database/*": ["./src/database/*"] } }
}
"#;

const DRIZZLE: &str = "import { relations, sql } from 'drizzle-orm';
import { bigint, boolean, check, index, integer, jsonb, numeric, pgEnum, pgTable, primaryKey, text, timestamp, uniqueIndex, uuid, varchar } from 'drizzle-orm/pg-core';
";

const HELPERS: &str = "
/** When a row came and when it last changed. */
export const timestamps = {
  createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow().$onUpdate(() => new Date()),
};
";

/// The folder of a file: three levels, as `sales/region_1/group_10`.
fn area(file: usize) -> String {
    let number = file / FOLDER;
    format!("modules/area_{}/group_{number}/tables", number / 4)
}

fn file_name(file: usize) -> String {
    format!("part-{file}")
}

/// The tables that a file holds: they are dealt out evenly, in order.
fn tables_of(file: usize, tables: usize, files: usize) -> std::ops::Range<usize> {
    file * tables / files..(file + 1) * tables / files
}

fn file_of(table: usize, tables: usize, files: usize) -> usize {
    (0..files).find(|file| tables_of(*file, tables, files).contains(&table)).unwrap_or(0)
}

fn module(file: usize, tables: usize, files: usize) -> String {
    let mut text = String::from(DRIZZLE);
    text.push_str("import { timestamps } from '@/database/helpers';\n");
    for number in tables_of(file, tables, files) {
        for other in references(number) {
            let home = file_of(other, tables, files);
            let (path, name) = (area(home), file_name(home));
            if home == file {
                continue;
            }
            // Relative where the folder is the same, else by the aliases in turn.
            let specifier = match (home / FOLDER == file / FOLDER, number % 2) {
                (true, _) => format!("./{name}"),
                (false, 0) => format!("@/database/{path}/{name}"),
                (false, _) => format!("~database/{path}/{name}"),
            };
            let _ = writeln!(text, "import {{ table{other} }} from '{specifier}';");
        }
    }
    for number in tables_of(file, tables, files) {
        table(&mut text, number);
    }
    text
}

/// The earlier tables that a table refers to.
fn references(number: usize) -> Vec<usize> {
    if number == 0 {
        Vec::new()
    } else if number < 3 {
        vec![number - 1]
    } else {
        vec![number / 2, number - 1]
    }
}

fn table(text: &mut String, number: usize) {
    if number.is_multiple_of(10) {
        let _ = writeln!(
            text,
            "\nexport const status{number} = pgEnum('status_{number}', ['draft', 'open', 'closed', 'archived']);"
        );
    }
    let status = if number.is_multiple_of(10) {
        format!("status{number}('status').notNull().default('draft')")
    } else {
        "text().notNull().default('draft')".to_owned()
    };
    let [mut owner, mut previous] = ["integer('owner_id')".to_owned(), "integer('previous_id')".to_owned()];
    for (column, other) in [&mut owner, &mut previous].into_iter().zip(references(number)) {
        let _ = write!(column, ".references(() => table{other}.id, {{ onDelete: 'cascade' }})");
    }
    let _ = write!(
        text,
        "
/** Table number {number}: what it holds, for whoever reads the schema. */
export const table{number} = pgTable('table_{number}', {{
  id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
  publicId: uuid('public_id').notNull().defaultRandom().unique(),
  // Shown in lists.
  name: varchar('name', {{ length: 255 }}).notNull(),
  description: text('description'),
  slug: text('slug').notNull(),
  status: {status},
  amount: numeric('amount', {{ precision: 12, scale: 2 }}).notNull().default('0'),
  size: bigint('size', {{ mode: 'number' }}),
  isActive: boolean('is_active').notNull().default(true),
  tags: text('tags').array().notNull().default(sql`'{{}}'::text[]`),
  settings: jsonb('settings').$type<Record<string, unknown>>().notNull().default({{}}),
  ownerId: {owner},
  previousId: {previous},
  ...timestamps,
}}, (table) => [
  uniqueIndex('table_{number}_slug_index').on(table.slug),
  index('table_{number}_owner_index').on(table.ownerId, table.createdAt.desc()),
  check('table_{number}_amount_check', sql`${{table.amount}} >= 0`),
]);

export const table{number}Relations = relations(table{number}, ({{ one }}) => ({{
  self: one(table{number}, {{ fields: [table{number}.ownerId], references: [table{number}.id] }}),
}}));
"
    );
}
