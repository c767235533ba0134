/** The meaning of the codes of governed operations and approvals, as text. */
const MEANINGS: Readonly<Record<string, string>> = {
  fail_closed: 'the operation or its connector is unknown, or the policies could not be loaded',
  explicit_deny: 'a policy denies it',
  guardrail: 'its risk is above the guardrail of the configuration',
  default_deny: 'no policy grants it',
  risk_ceiling: 'its risk is above the limit of the policies that grant it',
  no_eligible_approver: 'no eligible approver is left',
  rejected: 'it was not approved',
  expired: 'it was not approved in time',
  cancelled: 'it was cancelled',
  arguments_changed: 'its arguments differ from the approved ones',
  policy_changed: 'the policies changed after the decision',
  target_changed: 'its target changed after the request',
  approver_changed: 'an approver is no longer eligible',
  target_unchecked: 'it takes access away, and its target was not checked',
  refused: 'the connector refused it: this call has no unused grant',
  interrupted: 'the worker ended during the call: it is not known whether the call took effect',
  found_done: 'no answer to the call was received, but its target shows that it took effect',
  found_undone:
    'no answer to the call was received, and its target shows that it did not take effect',
  last_super_administrator:
    'it would take access from the last super administrator who can sign in',
  protected_account: 'its target is on the protected list, so that its access is not taken away',
  own_account: 'it would take access from the account of its own requester',
  counted: 'the decision counts',
  repeated: 'this decision was already counted',
  closed: 'the approval is closed',
  too_late: 'the time to decide is over',
  from_the_future: 'the decision has a later time than its arrival: the clocks differ',
  banned:
    'the requester, the user on whose behalf it is requested, and the target may not approve it',
  not_eligible: 'this user may not decide',
  already_voted: 'this user has already decided',
  forged: 'the signature is not from a trusted key',
  unsigned: 'it is not signed, so the user who decided is unknown',
  wrong_request: 'the signature belongs to another request, other arguments or another verdict',
  unanswered: 'no worker has answered yet: the decision is kept and may still count',
  no_such_request: 'the request does not exist, or no approval was requested for it',
  unmapped: 'no Okta user has the e-mail address of this Slack user',
  not_now: 'this is not possible now; try again, or use `arx approvals`',
  bad_signature: 'the signature is not from Slack',
  stale: 'the message is too old',
  replayed: 'the message was already processed',
};

/** The meaning of a code; an unknown code is returned with spaces. */
export const messageOf = (code: string): string => MEANINGS[code] ?? code.replaceAll('_', ' ');
