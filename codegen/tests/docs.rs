//! `codegen docs` of a schema that a person can check at a glance.

use codegen::docs::{markdown::markdown, mermaid::mermaid};
use codegen::drizzle::Casing;
use codegen::schema::Schema;
use codegen::{ReadOptions, read};

const SHELTER: &str = r#"
import { sql } from 'drizzle-orm';
import { check, index, integer, numeric, pgEnum, pgPolicy, pgTable, pgView, primaryKey, text } from 'drizzle-orm/pg-core';

/** What an animal is. */
export const species = pgEnum('species', ['cat', 'dog|wolf']);

/** Who looks after animals. */
export const keepers = pgTable('keepers', {
  id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
  /** As on the badge: "first last". */
  name: text('full name').notNull().unique(),
});

export const animals = pgTable('animals', {
  id: integer('id').primaryKey(),
  species: species('species').notNull().default('cat'),
  weight: numeric('weight', { precision: 5, scale: 2 }),
  keeper: integer('keeper').references(() => keepers.id, { onDelete: 'set null' }),
}, (t) => [
  check('weight_positive', sql`${t.weight} > 0`),
  index('animals_by_weight').on(t.weight.desc()).where(sql`${t.weight} is not null`),
  pgPolicy('all_see', { for: 'select', using: sql`true` }),
]);

/** At most one badge for each keeper, and none without. */
export const badges = pgTable('badges', { keeper: integer('keeper').notNull().unique().references(() => keepers.id) });

export const friends = pgTable('friends', {
  a: integer('a').references(() => animals.id),
  b: integer('b').references(() => animals.id),
}, (t) => [primaryKey({ columns: [t.a, t.b] })]);

export const heavy = pgView('heavy').as((qb) => qb.select({ id: animals.id }).from(animals).where(sql`${animals.weight} > 100`));
"#;

fn shelter() -> Schema {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("schema.ts"), SHELTER).unwrap();
    let patterns = vec!["schema.ts".to_owned()];
    let read = read(&ReadOptions { root: folder.path().to_owned(), patterns, casing: Casing::Keep });
    read.schema.expect("a schema without errors")
}

#[test]
fn a_diagram() {
    insta::assert_snapshot!(mermaid(&shelter()));
}

#[test]
fn a_reference() {
    insta::assert_snapshot!(markdown(&shelter()));
}
