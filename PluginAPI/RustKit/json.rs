//! JSON, as the host hands over a plugin's configuration.
#![allow(dead_code)]

#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Reads one JSON text; nothing but white space may follow it.
    pub fn parse(text: &str) -> Result<Json, String> {
        let mut parser = Parser { bytes: text.as_bytes(), at: 0 };
        let value = parser.value(0)?;
        parser.blank();
        if parser.at < parser.bytes.len() {
            return Err(parser.wrong("the end"));
        }
        Ok(value)
    }

    /// The member of an object; `None` when it is absent or this is no object.
    pub fn get(&self, key: &str) -> Option<&Json> {
        match self {
            Json::Object(members) => members.iter().find(|member| member.0 == key).map(|member| &member.1),
            _ => None,
        }
    }

    pub fn text(&self) -> Option<&str> {
        match self {
            Json::Text(text) => Some(text),
            _ => None,
        }
    }

    pub fn number(&self) -> Option<f64> {
        match self {
            Json::Number(number) => Some(*number),
            _ => None,
        }
    }

    pub fn bool(&self) -> Option<bool> {
        match self {
            Json::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The elements of an array; none for any other value.
    pub fn array(&self) -> &[Json] {
        match self {
            Json::Array(elements) => elements,
            _ => &[],
        }
    }

    /// The members of an object in order; none for any other value.
    pub fn object(&self) -> &[(String, Json)] {
        match self {
            Json::Object(members) => members,
            _ => &[],
        }
    }
}

struct Parser<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Parser<'a> {
    const DEPTH: usize = 64;

    fn wrong(&self, wanted: &str) -> String {
        format!("JSON: expected {} at byte {}", wanted, self.at)
    }

    fn peek(&self) -> u8 {
        *self.bytes.get(self.at).unwrap_or(&0)
    }

    fn blank(&mut self) {
        while matches!(self.peek(), b' ' | b'\n' | b'\r' | b'\t') {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> bool {
        self.blank();
        let found = self.peek() == byte;
        if found {
            self.at += 1;
        }
        found
    }

    fn value(&mut self, depth: usize) -> Result<Json, String> {
        if depth > Self::DEPTH {
            return Err(self.wrong("less depth"));
        }
        self.blank();
        match self.peek() {
            b'"' => Ok(Json::Text(self.string()?)),
            b'{' => {
                self.at += 1;
                let mut members = Vec::new();
                if self.take(b'}') {
                    return Ok(Json::Object(members));
                }
                loop {
                    self.blank();
                    let key = self.string()?;
                    if !self.take(b':') {
                        return Err(self.wrong("':'"));
                    }
                    members.push((key, self.value(depth + 1)?));
                    if self.take(b'}') {
                        return Ok(Json::Object(members));
                    }
                    if !self.take(b',') {
                        return Err(self.wrong("',' or '}'"));
                    }
                }
            }
            b'[' => {
                self.at += 1;
                let mut elements = Vec::new();
                if self.take(b']') {
                    return Ok(Json::Array(elements));
                }
                loop {
                    elements.push(self.value(depth + 1)?);
                    if self.take(b']') {
                        return Ok(Json::Array(elements));
                    }
                    if !self.take(b',') {
                        return Err(self.wrong("',' or ']'"));
                    }
                }
            }
            _ => self.word(),
        }
    }

    /// true, false, null, or a number.
    fn word(&mut self) -> Result<Json, String> {
        let start = self.at;
        while matches!(self.peek(), b'a'..=b'z' | b'0'..=b'9' | b'+' | b'-' | b'.' | b'E') {
            self.at += 1;
        }
        let word = std::str::from_utf8(&self.bytes[start..self.at]).unwrap_or("");
        match word {
            "true" => Ok(Json::Bool(true)),
            "false" => Ok(Json::Bool(false)),
            "null" => Ok(Json::Null),
            _ if word.starts_with(|first: char| first == '-' || first.is_ascii_digit()) => {
                word.parse().map(Json::Number).map_err(|_| self.wrong("a number"))
            }
            _ => Err(self.wrong("a value")),
        }
    }

    fn string(&mut self) -> Result<String, String> {
        if self.peek() != b'"' {
            return Err(self.wrong("'\"'"));
        }
        self.at += 1;
        let mut out: Vec<u8> = Vec::new();
        loop {
            let byte = *self.bytes.get(self.at).ok_or_else(|| self.wrong("'\"'"))?;
            self.at += 1;
            match byte {
                b'"' => return String::from_utf8(out).map_err(|_| self.wrong("UTF-8")),
                b'\\' => {
                    let escape = self.peek();
                    self.at += 1;
                    match escape {
                        b'n' => out.push(b'\n'),
                        b't' => out.push(b'\t'),
                        b'r' => out.push(b'\r'),
                        b'b' => out.push(8),
                        b'f' => out.push(12),
                        b'u' => {
                            let mut code = self.hex()?;
                            if code >> 10 == 0x36 && self.peek() == b'\\' {
                                self.at += 2;
                                code = 0x10000 + ((code & 0x3FF) << 10 | (self.hex()? & 0x3FF));
                            }
                            let character = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
                            out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                        }
                        other => out.push(other),
                    }
                }
                other => out.push(other),
            }
        }
    }

    fn hex(&mut self) -> Result<u32, String> {
        let digits = self.bytes.get(self.at..self.at + 4).and_then(|digits| std::str::from_utf8(digits).ok());
        let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()).ok_or_else(|| self.wrong("four digits"))?;
        self.at += 4;
        Ok(code)
    }
}
