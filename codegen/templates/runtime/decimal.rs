/// A `numeric`: digits to the base 10,000, the weight of the first one, a sign, and how many digits behind the point are shown.
fn decimal(mut bytes: &[u8]) -> Result<Decimal, sqlx::error::BoxDynError> {
    let rust = "rust_decimal::Decimal";
    let mut part = || Ok::<_, sqlx::error::BoxDynError>(u16::from_be_bytes(sized(take(&mut bytes, 2)?)?));
    let (count, weight, sign, scale) = (part()?, part()?.cast_signed(), part()?, part()?);
    let negative = match sign {
        0x0000 => false,
        0x4000 => true,
        0xC000 => return Err(beyond("NaN", rust)),
        0xD000 => return Err(beyond("infinity", rust)),
        0xF000 => return Err(beyond("-infinity", rust)),
        _ => return Err(malformed()),
    };
    let too_long = || beyond("a number of more than 28 digits", rust);
    let mut digits = 0i128;
    for _ in 0..count {
        let next = part()?.into();
        digits = digits.checked_mul(10_000).and_then(|digits| digits.checked_add(next)).ok_or_else(too_long)?;
    }
    let shown = scale.min(28);
    if digits == 0 {
        return Ok(Decimal::new(0, shown.into()));
    }
    // The value is `digits * 10^exponent`; first in as few digits as can be, and then with zeros as far as they are shown.
    let mut exponent = 4 * (i32::from(weight) + 1 - i32::from(count));
    while digits % 10 == 0 {
        digits /= 10;
        exponent += 1;
    }
    while exponent > 0 || -exponent < shown.into() {
        match digits.checked_mul(10).filter(|digits| *digits < 1 << 96) {
            Some(longer) => digits = longer,
            None if exponent > 0 => return Err(too_long()),
            None => break,
        }
        exponent -= 1;
    }
    let digits = if negative { -digits } else { digits };
    Decimal::try_from_i128_with_scale(digits, u32::try_from(-exponent)?).map_err(|_| too_long())
}
