/** What the codes of governed operations and approvals mean, for people. */
const MEANING: Readonly<Record<string, string>> = {
  fail_closed: 'the operation or its connector is not known, or the policies did not load',
  explicit_deny: 'a policy denies it',
  guardrail: 'the guardrail of the configuration is below its risk',
  default_deny: 'no policy grants it',
  risk_ceiling: 'its risk is above what the policies that grant it allow',
  no_eligible_approver: 'nobody is left who may approve it',
  rejected: 'it was not approved',
  expired: 'nobody approved it in time',
  cancelled: 'it was cancelled',
  arguments_changed: 'its arguments are no longer those that were approved',
  policy_changed: 'the policies are no longer those by which it was decided',
  target_changed: 'its target is no longer what it was when it was asked for',
  approver_changed: 'somebody who approved may no longer do so',
  refused: 'the connector refused it: there was no unused grant for this call',
  interrupted: 'the worker ended during the call: whether it was taken is not known',
  counted: 'the decision counts',
  repeated: 'this decision had been counted before',
  closed: 'the approval is closed',
  too_late: 'the time to decide is over',
  from_the_future: 'the decision is dated later than it arrived: the clocks differ',
  banned: 'whoever asks, the person it is asked for and the target may not approve it',
  not_eligible: 'this person is not among those who may decide',
  already_voted: 'this person has decided before',
  forged: 'the signature is of no key that counts',
  unsigned: 'it is not signed, so nobody knows who decided',
  wrong_request: 'the signature is for another request, other arguments or another verdict',
};

/** A code in words; one that is not known as it stands. */
export const messageOf = (code: string): string => MEANING[code] ?? code.replaceAll('_', ' ');
