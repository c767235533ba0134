import type { CalendarSpec } from '@temporalio/client';
import type { SchedulePlan } from '../../client/schedule.ts';
import { durationMs } from '../../config/yaml/durations.ts';
import type { ArxConfig } from '../../config/schema/schema.ts';

/** Converts the schedule of the configuration to the form of the Temporal client. */
export function schedulePlan(schedule: ArxConfig['schedule']): SchedulePlan {
  return {
    times: schedule.calendar
      ? { calendar: schedule.calendar.map(calendarOf) }
      : { cron: schedule.cron },
    timezone: schedule.timezone,
    overlap: schedule.overlap,
    catchupWindowMs: durationMs(schedule.catchup_window),
    jitterMs: durationMs(schedule.jitter),
  };
}

type Calendar = NonNullable<ArxConfig['schedule']['calendar']>[number];
const DAYS = {
  SUN: 'SUNDAY',
  MON: 'MONDAY',
  TUE: 'TUESDAY',
  WED: 'WEDNESDAY',
  THU: 'THURSDAY',
  FRI: 'FRIDAY',
  SAT: 'SATURDAY',
} as const;
// prettier-ignore
const MONTHS = {
  JAN: 'JANUARY', FEB: 'FEBRUARY', MAR: 'MARCH', APR: 'APRIL', MAY: 'MAY', JUN: 'JUNE',
  JUL: 'JULY', AUG: 'AUGUST', SEP: 'SEPTEMBER', OCT: 'OCTOBER', NOV: 'NOVEMBER', DEC: 'DECEMBER',
} as const;
const list = <Item>(value: Item | Item[]): Item[] => (Array.isArray(value) ? value : [value]);

function calendarOf({ day_of_week, day_of_month, month, hour, minute }: Calendar): CalendarSpec {
  return {
    hour: list(hour),
    minute: list(minute),
    ...(day_of_week === undefined ? {} : { dayOfWeek: list(day_of_week).map((day) => DAYS[day]) }),
    ...(day_of_month === undefined ? {} : { dayOfMonth: list(day_of_month) }),
    ...(month === undefined ? {} : { month: list(month).map((name) => MONTHS[name]) }),
  };
}
