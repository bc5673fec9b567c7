//! Publishers say ?user=NAME&key=KEY; the keys are in [config.users] of the manifest. Anybody may watch.

#[macro_use]
#[path = "../sdk/kit.rs"]
mod kit;
use kit::{sluice::*, *};
use std::{collections::HashMap, sync::Mutex};

struct Gate {
    host: Host,
    users: Mutex<HashMap<String, String>>,
}

impl Plugin for Gate {
    const ID: &'static str = "rust-auth";
    const VERSION: &'static str = "0.1.0";
    const DESCRIPTION: &'static str = "publishers with a user's key";
    const CONFIG_SCHEMA: &'static str = r#"{"type": "object", "required": ["users"], "properties": {"users": {"type": "object",
        "additionalProperties": true, "writeOnly": true, "description": "the key of each user"}}}"#;
    fn create(host: Host) -> Result<Gate, Error> {
        Ok(Gate { host, users: Mutex::new(HashMap::new()) })
    }

    fn configure(&self, configuration: &Json) -> Result<(), Error> {
        let users = configuration.get("users").map_or(&[][..], |users| users.object());
        let found = users.iter().filter_map(|(user, key)| Some((user.clone(), key.text()?.to_string())));
        *self.users.lock().unwrap() = found.collect();
        Ok(())
    }
}

impl Authenticator for Gate {
    /// A question of an app that names this plugin: somebody connects, publishes or plays.
    fn decide(&self, request: &AuthRequest, question: Question) {
        match request.action() {
            SLUICE_ACTION_CONNECT => return question.answer(Verdict::later()), // and has not said yet what for
            SLUICE_ACTION_PLAY => return question.answer(Verdict::allow("")),
            _ => {}
        }
        let (user, key) = (request.query("user").to_string(), request.query("key").to_string());
        let wanted = self.users.lock().unwrap().get(&user).cloned();
        // A thread that may block: the place for a database or a slow hash. Should it not run, the question counts as FAILED.
        let _ = self.host.worker(move || question.answer(judge(&user, &key, wanted.as_deref())));
    }
}

fn judge(user: &str, key: &str, wanted: Option<&str>) -> Verdict {
    match wanted {
        _ if user.is_empty() || key.is_empty() => Verdict::deny("NO_CREDENTIALS", "add ?user=NAME&key=KEY"),
        Some(wanted) if wanted.len() == key.len() && wanted.bytes().zip(key.bytes()).fold(0, |all, (a, b)| all | (a ^ b)) == 0 => {
            Verdict::allow(user)
        }
        _ => Verdict::deny("BAD_KEY", "user or key is wrong"),
    }
}

sluice_plugin!(Gate: auth);

#[cfg(test)]
mod tests;
