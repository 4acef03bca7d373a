macro_rules! mac_address {
    ($(#[$about:meta])* $name:ident, $bytes:literal, $sql:literal) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
        pub struct $name(pub [u8; $bytes]);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let separated = |(index, byte)| write!(f, "{}{byte:02x}", if index == 0 { "" } else { ":" });
                self.0.iter().enumerate().try_for_each(separated)
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;

            /// Reads hexadecimal digits with `:` or `-` between bytes, or with nothing between them.
            fn from_str(form: &str) -> Result<Self, String> {
                let invalid = || format!("{form:?} is no address of {} bytes", $bytes);
                let digits: Vec<u8> = form.bytes().filter(|byte| !matches!(byte, b':' | b'-')).collect();
                let mut address = [0; $bytes];
                if digits.len() != 2 * address.len() || !digits.iter().all(u8::is_ascii_hexdigit) {
                    return Err(invalid());
                }
                for (byte, pair) in address.iter_mut().zip(digits.chunks(2)) {
                    let pair = std::str::from_utf8(pair).map_err(|_| invalid())?;
                    *byte = u8::from_str_radix(pair, 16).map_err(|_| invalid())?;
                }
                Ok(Self(address))
            }
        }

        impl FromColumn for $name {
            const TYPES: &'static [&'static str] = &[$sql];

            fn from_binary(bytes: &[u8]) -> Result<Self, sqlx::error::BoxDynError> {
                Ok(Self(sized(bytes)?))
            }
        }

        text_form!($name);
        sqlx_column!([] $name, $sql);
    };
}

mac_address! {
    /// A `macaddr`, the first byte first.
    PgMacAddr, 6, "macaddr"
}

mac_address! {
    /// A `macaddr8` (EUI-64), the first byte first.
    PgMacAddr8, 8, "macaddr8"
}
