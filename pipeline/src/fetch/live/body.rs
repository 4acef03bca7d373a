//! A body as it arrives: unpacked, and within bounds before it takes room.

use std::io::{self, Write};

use bytes::Bytes;
use flate2::write::MultiGzDecoder;

/// What the client offers to unpack.
pub(super) const ACCEPTED: &str = "gzip";

/// Bodies up to this size may be packed as tightly as their maker likes.
const HARMLESS: usize = 1 << 20;

/// The headers and blocks of a packed body that holds no more than its limit take less than this.
const PACKING: usize = 64 << 10;

/// How large a body may be.
#[derive(Clone, Copy)]
pub(super) struct Bounds {
    /// The longest body, in bytes after unpacking.
    pub(super) limit: usize,
    /// How many times its packed size it may be, once it is larger than a mebibyte.
    pub(super) ratio: u32,
    /// What to do with one that is longer.
    pub(super) excess: Excess,
}

/// What to do with a body beyond the limit.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Excess {
    Fail,
    Cut,
}

/// Why a body is not read to its end.
#[derive(Debug)]
pub(super) enum Stop {
    /// It is longer than the limit.
    TooLarge,
    /// It unpacks to more than the ratio allows.
    TooDense,
    /// It is cut at the limit, as was asked for.
    Cut,
    /// It is not what its `Content-Encoding` says, or not whole.
    Broken(io::Error),
}

/// A body under way.
pub(super) struct Body {
    unpacker: Unpacker,
    received: usize,
    bounds: Bounds,
}

enum Unpacker {
    Plain(Room),
    Gzip(Box<MultiGzDecoder<Room>>),
}

impl Body {
    /// A body in the given `Content-Encoding`; nothing if that is one that was not asked for.
    pub(super) fn new(encoding: Option<&str>, bounds: Bounds) -> Option<Self> {
        let room = Room { bytes: Vec::new(), limit: bounds.limit, allowed: HARMLESS, refused: None };
        let unpacker = match encoding.map(str::trim).unwrap_or_default().to_ascii_lowercase().as_str() {
            "" | "identity" => Unpacker::Plain(Room { allowed: usize::MAX, ..room }),
            "gzip" | "x-gzip" => Unpacker::Gzip(Box::new(MultiGzDecoder::new(room))),
            _ => return None,
        };
        Some(Self { unpacker, received: 0, bounds })
    }

    /// Takes what has arrived.
    pub(super) fn push(&mut self, chunk: &[u8]) -> Result<(), Stop> {
        self.received += chunk.len();
        let written = match &mut self.unpacker {
            Unpacker::Plain(room) => room.write_all(chunk),
            Unpacker::Gzip(unpacker) => {
                let allowed = self.received.saturating_mul(self.bounds.ratio as usize).max(HARMLESS);
                unpacker.get_mut().allowed = allowed;
                unpacker.write_all(chunk)
            }
        };
        match written {
            Ok(()) if self.received > self.bounds.limit.saturating_add(PACKING) => Err(Stop::TooLarge),
            Ok(()) => Ok(()),
            Err(error) => Err(self.stop(error)),
        }
    }

    /// The whole body, once all has arrived or it was cut.
    pub(super) fn finish(mut self, is_cut: bool) -> Result<Bytes, Stop> {
        // A response without a body may still say how the body would be packed.
        if let Unpacker::Gzip(unpacker) = &mut self.unpacker
            && self.received > 0
            && !is_cut
            && let Err(error) = unpacker.try_finish()
        {
            return match self.stop(error) {
                Stop::Cut => self.finish(true),
                stop => Err(stop),
            };
        }
        Ok(std::mem::take(&mut self.room().bytes).into())
    }

    fn stop(&mut self, error: io::Error) -> Stop {
        match self.room().refused.take() {
            Some(Stop::TooLarge) if self.bounds.excess == Excess::Cut => Stop::Cut,
            Some(stop) => stop,
            None => Stop::Broken(error),
        }
    }

    fn room(&mut self) -> &mut Room {
        match &mut self.unpacker {
            Unpacker::Plain(room) => room,
            Unpacker::Gzip(unpacker) => unpacker.get_mut(),
        }
    }
}

/// Where unpacked bytes go, as long as there is room for them.
struct Room {
    bytes: Vec<u8>,
    limit: usize,
    /// How much the bytes that have arrived may unpack to.
    allowed: usize,
    refused: Option<Stop>,
}

impl Write for Room {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let size = self.bytes.len() + bytes.len();
        if size > self.limit {
            self.bytes.extend_from_slice(&bytes[..self.limit - self.bytes.len()]);
            self.refused = Some(Stop::TooLarge);
        } else if size > self.allowed {
            self.refused = Some(Stop::TooDense);
        } else {
            self.bytes.extend_from_slice(bytes);
            return Ok(bytes.len());
        }
        Err(io::Error::other("no room"))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn packed(body: &[u8]) -> Vec<u8> {
        let mut packer = GzEncoder::new(Vec::new(), Compression::best());
        packer.write_all(body).unwrap();
        packer.finish().unwrap()
    }

    fn read(encoding: &str, wire: &[u8], bounds: Bounds) -> Result<Bytes, Stop> {
        let mut body = Body::new(Some(encoding), bounds).expect("a known encoding");
        for chunk in wire.chunks(1000) {
            match body.push(chunk) {
                Ok(()) => {}
                Err(Stop::Cut) => return body.finish(true),
                Err(stop) => return Err(stop),
            }
        }
        body.finish(false)
    }

    const BOUNDS: Bounds = Bounds { limit: 8 << 20, ratio: 100, excess: Excess::Fail };

    /// Bytes that do not pack well.
    fn noise(length: usize) -> Vec<u8> {
        let mut seed = 1_u32;
        let mut next = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 24) as u8
        };
        (0..length).map(|_| next()).collect()
    }

    #[test]
    fn a_packed_body_is_whole_or_none() {
        let whole = packed(&noise(5_000));
        assert_eq!(read("gzip", &whole, BOUNDS).unwrap(), noise(5_000));
        assert_eq!(read(" X-GZIP ", &whole, BOUNDS).unwrap(), noise(5_000));
        for length in 1..whole.len() {
            assert!(matches!(read("gzip", &whole[..length], BOUNDS), Err(Stop::Broken(_))), "cut to {length}");
        }
        let mut changed = whole.clone();
        changed[2_500] ^= 1;
        assert!(matches!(read("gzip", &changed, BOUNDS), Err(Stop::Broken(_))));
        assert!(matches!(read("gzip", b"not packed", BOUNDS), Err(Stop::Broken(_))));
        assert!(matches!(read("gzip", &[&whole[..], b"more"].concat(), BOUNDS), Err(Stop::Broken(_))));
        let two = [packed(b"one"), packed(b"two")].concat();
        assert_eq!(read("gzip", &two, BOUNDS).unwrap(), "onetwo");
        assert_eq!(read("gzip", b"", BOUNDS).unwrap(), "");
        assert!(Body::new(Some("br"), BOUNDS).is_none() && Body::new(Some("gzip, gzip"), BOUNDS).is_none());
    }

    #[test]
    fn bounds_hold_to_the_byte() {
        let bounds = Bounds { limit: 3_000, ..BOUNDS };
        for (length, fits) in [(3_000, true), (3_001, false)] {
            for (encoding, wire) in [("identity", noise(length)), ("gzip", packed(&noise(length)))] {
                let whole = read(encoding, &wire, bounds);
                assert_eq!(whole.is_ok(), fits, "{encoding} {length}");
                assert!(fits || matches!(whole, Err(Stop::TooLarge)));
                let cut = read(encoding, &wire, Bounds { excess: Excess::Cut, ..bounds }).unwrap();
                assert_eq!(cut, noise(3_000), "{encoding} {length}");
            }
        }
    }

    #[test]
    fn a_bomb_is_refused_by_its_density_long_before_the_limit() {
        let bomb = packed(&vec![b' '; 6 << 20]);
        assert!(matches!(read("gzip", &bomb, BOUNDS), Err(Stop::TooDense)));
        assert!(read("gzip", &bomb, Bounds { ratio: 2_000, ..BOUNDS }).is_ok());
        assert!(read("gzip", &packed(&vec![b' '; HARMLESS]), BOUNDS).is_ok(), "small ones do no harm");
        // A packed body of nothing but packing.
        let mut empty_blocks = packed(b"")[..10].to_vec();
        empty_blocks.extend([0, 0, 0, 0xff, 0xff].repeat(100_000));
        assert!(matches!(read("gzip", &empty_blocks, Bounds { limit: 100, ..BOUNDS }), Err(Stop::TooLarge)));
    }
}
