//! Brings rows into any table.
