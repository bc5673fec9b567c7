//! Interface `sluice.auth/1`: may this peer do this?

use super::sluice::*;
use super::*;

pub trait Authenticator: Plugin {
    /// A question. It may be answered here, or be moved to another thread and answered later, before its deadline. On the control thread:
    /// nothing here waits.
    fn decide(&self, request: &AuthRequest, question: Question);
}

/// What is asked, borrowed until `decide` returns. All texts are as the peer sent them, bounded but not trusted.
pub struct AuthRequest<'a> {
    pub raw: &'a sluice_auth_request,
}

impl<'a> AuthRequest<'a> {
    /// `SLUICE_ACTION_*`.
    pub fn action(&self) -> u32 {
        self.raw.action
    }
    pub fn app(&self) -> &'a str {
        unsafe { string(self.raw.app) }
    }
    /// Empty at connect.
    pub fn stream(&self) -> &'a str {
        unsafe { string(self.raw.stream) }
    }
    pub fn peer_address(&self) -> &'a str {
        unsafe { string(self.raw.peer_address) }
    }
    /// What the connect verdict of this connection left behind.
    pub fn context(&self) -> &'a str {
        unsafe { string(self.raw.context) }
    }
    /// The first value of this key in the address, then in the stream's text; empty when there is none.
    pub fn query(&self, key: &str) -> &'a str {
        unsafe { pair(self.raw.query, self.raw.query_count, key).unwrap_or("") }
    }
    /// `user`, `password`, `bearer` … as the protocol has them; empty when there is none.
    pub fn credential(&self, key: &str) -> &'a str {
        unsafe { pair(self.raw.credentials, self.raw.credential_count, key).unwrap_or("") }
    }
}

/// A question that waits for its answer. One that is dropped unanswered counts as FAILED: the chain's failure policy decides.
pub struct Question {
    host: Host,
    handle: sluice_handle,
    answered: bool,
}

impl Question {
    /// Answers, from any thread. Too late, or nobody asks any more: nothing happens.
    pub fn answer(mut self, verdict: Verdict) {
        self.send(&verdict);
    }

    fn send(&mut self, verdict: &Verdict) {
        self.answered = true;
        let attributes: Vec<sluice_pair> =
            verdict.attributes.iter().map(|pair| sluice_pair { key: text(&pair.0), value: text(&pair.1) }).collect();
        unsafe {
            let mut raw: sluice_verdict = zeroed();
            raw.struct_size = std::mem::size_of::<sluice_verdict>() as u32;
            raw.decision = verdict.decision;
            raw.reason = text(&verdict.reason);
            raw.message = text(&verdict.message);
            raw.detail = text(&verdict.detail);
            raw.principal = text(&verdict.principal);
            raw.stream = text(&verdict.stream);
            raw.context = text(&verdict.context);
            raw.ttl_ms = verdict.ttl_ms;
            raw.recheck_ms = verdict.recheck_ms;
            raw.not_after_wall_us = verdict.not_after_wall_us;
            raw.max_bitrate = verdict.max_bitrate;
            raw.max_viewers = verdict.max_viewers;
            raw.attributes = attributes.as_ptr();
            raw.attribute_count = attributes.len() as u32;
            if let Some(answer) = self.host.service::<sluice_auth_service>(SLUICE_SERVICE_AUTH).and_then(|auth| auth.answer) {
                answer(self.host.0, self.handle, &raw);
            }
        }
    }
}

impl Drop for Question {
    fn drop(&mut self) {
        if !self.answered {
            self.send(&Verdict { detail: "the question was dropped".into(), ..Verdict::new(SLUICE_VERDICT_FAILED) });
        }
    }
}

/// The answer. Every field but the decision may be left as it is; see `sluice_verdict` in auth.h.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Verdict {
    /// `SLUICE_VERDICT_*`.
    pub decision: u32,
    /// Code for logs, listings and metrics: `BAD_TOKEN`.
    pub reason: String,
    /// Safe to show to the client: what to do about it.
    pub message: String,
    /// For the log only; no secrets.
    pub detail: String,
    pub principal: String,
    pub stream: String,
    pub context: String,
    pub ttl_ms: u64,
    pub recheck_ms: u64,
    pub not_after_wall_us: i64,
    pub max_bitrate: u64,
    pub max_viewers: u64,
    pub attributes: Vec<(String, String)>,
}

impl Verdict {
    pub fn new(decision: u32) -> Verdict {
        Verdict { decision, ..Verdict::default() }
    }
    pub fn allow(principal: &str) -> Verdict {
        Verdict { principal: principal.into(), ..Verdict::new(SLUICE_VERDICT_ALLOW) }
    }
    pub fn deny(reason: &str, message: &str) -> Verdict {
        Verdict { reason: reason.into(), message: message.into(), ..Verdict::new(SLUICE_VERDICT_DENY) }
    }
    /// Connect only: decided at publish or play.
    pub fn later() -> Verdict {
        Verdict::new(SLUICE_VERDICT_LATER)
    }
}

pub fn auth<P: Authenticator>() -> Interface {
    unsafe extern "C" fn decide<P: Authenticator>(
        pointer: *mut sluice_instance,
        handle: sluice_handle,
        request: *const sluice_auth_request,
    ) -> i32 {
        let instance = instance::<P>(pointer);
        let question = Question { host: instance.host, handle, answered: false };
        guarded(std::ptr::null_mut(), move || {
            let raw = copied(request);
            instance.plugin.decide(&AuthRequest { raw: &raw }, question);
            Ok(())
        })
    }
    let struct_size = std::mem::size_of::<sluice_auth_interface>() as u32;
    let table = sluice_auth_interface { struct_size, decide: Some(decide::<P>), ..unsafe { zeroed() } };
    Interface::new(SLUICE_INTERFACE_AUTH, table)
}
