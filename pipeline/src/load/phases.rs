//! Where the time of a load goes.

use std::ops::AddAssign;
use std::time::Duration;

/// A part of the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Waiting for rows.
    Wait,
    /// Handing tuples to the connection, which waits for the server when that is behind.
    Send,
    /// Checking and encoding.
    Encode,
    /// Reading the table's rows, so that those that are the same need not be sent.
    Compare,
    /// Everything after the last row was staged.
    Merge,
}

/// The time that a load spent on each part of its work. The parts follow each other, so they add up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Phases {
    /// Waiting for rows to be read.
    pub wait: Duration,
    /// Checking and encoding rows.
    pub encode: Duration,
    /// Sending them; a server that is slower than the client shows here.
    pub send: Duration,
    /// Reading the table's rows, to pass over what is the same.
    pub compare: Duration,
    /// Resolving references, finding duplicates and merging, on the server.
    pub merge: Duration,
}

impl Phases {
    pub(super) fn add(&mut self, phase: Phase, time: Duration) {
        *match phase {
            Phase::Wait => &mut self.wait,
            Phase::Send => &mut self.send,
            Phase::Encode => &mut self.encode,
            Phase::Compare => &mut self.compare,
            Phase::Merge => &mut self.merge,
        } += time;
    }
}

impl AddAssign for Phases {
    fn add_assign(&mut self, other: Self) {
        self.wait += other.wait;
        self.encode += other.encode;
        self.send += other.send;
        self.compare += other.compare;
        self.merge += other.merge;
    }
}
