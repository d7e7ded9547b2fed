"""Every id of the page. The ones in docs/hooks.md are a promise to whoever automates it."""

# Plumbing
URL = "url"
VIEW = "view"  # what the overview is asked: {query, again, forget}
SHOWN = "shown"  # what the server made of it, for the controls
THEME = "theme"
ROWS_QUESTION = "rows-question"
ROWS_ANSWER = "rows-answer"
RUN_QUESTION = "run-question"
GRID_COLUMNS = "grid-columns"

# Header
BELL = "bell"
FRESHNESS = "freshness"
REFRESH = "refresh"
MESSAGES = "messages"
VIEW_MESSAGES = "messages-view"
TABLE_MESSAGES = "messages-table"

# Filters
FILTER_PRESET = "filter-preset"
FILTER_DATES = "filter-dates"
FILTER_JOB = "filter-job"
FILTER_GROUP = "filter-group"
FILTER_CLEAR = "filter-clear"
FILTER_CHIPS = "filter-chips"

# Cards
CARDS = "cards"
CARD_TOTAL_SPEND = "card-total-spend"
CARD_JOBS = "card-jobs"
CARD_RUNS = "card-runs"
CARD_AVERAGE_RUN = "card-average-run"
CARD_HIGHEST_RUN = "card-highest-run"
CARD_SPLIT = "card-split"

# Charts
CHART_TREND = "chart-trend"
TREND_SOURCE = "chart-trend-source"
TREND_LEGEND = "chart-trend-legend"
TREND_STATE = "chart-trend-state"
CHART_TOP_JOBS = "chart-top-jobs"
CHANGES = "changes"

# Table
GRID = "spend-grid"
GRID_TITLE = "spend-grid-title"
GRID_STATE = "spend-grid-state"
COLUMN_CHOICE = "column-choice"

# Export
EXPORT_MENU = "export-menu"
EXPORT_PDF = "export-pdf"
EXPORT_XLSX = "export-xlsx"
EXPORT_CSV = "export-csv"
EXPORT_CSV_EXCEL = "export-csv-excel"
EXPORT_QUESTION = "export-question"  # {query, kind, token}
EXPORT_PROGRESS = "export-progress"  # {token, done, of} or {token, waiting}
EXPORT_ANSWER = "export-answer"  # {token, href} or {token, error}
EXPORT_CANCEL = "export-cancel"

# Breakdown
BREAKDOWN = "breakdown-modal"
BREAKDOWN_TITLE = "breakdown-title"
BREAKDOWN_REASON = "breakdown-reason"
BREAKDOWN_FACTS = "breakdown-facts"
BREAKDOWN_PIE = "breakdown-pie"
PIE_SOURCE = "breakdown-pie-source"
BREAKDOWN_HISTORY = "breakdown-history"
HISTORY_SOURCE = "breakdown-history-source"
HISTORY_NOTE = "breakdown-history-note"
BREAKDOWN_RECORDS = "breakdown-records"

# A job: a page of its own
JOB_URL = "job-url"
JOB_QUESTION = "job-question"  # {path, query, again, forget}
JOB_HEAD = "job-head"
JOB_MESSAGES = "job-messages"
JOB_PARTS = "job-parts"
JOB_CARDS = "job-cards"
JOB_CHART = "job-chart"
JOB_CHART_SOURCE = "job-chart-source"
JOB_CHART_NOTE = "job-chart-note"
JOB_CHART_STATE = "job-chart-state"
JOB_RUNS = "job-runs"
JOB_CLUSTERS = "job-clusters"
JOB_ALERTS = "job-alerts"
JOB_NAMES = "job-names"

# Alerts: a page of its own
ALERTS_URL = "alerts-url"
INBOX = "inbox"
INBOX_MESSAGES = "inbox-messages"
INBOX_QUESTION = "inbox-question"  # {incident, deed}
CONFIG_QUESTION = "config-question"  # {save, seen, over}
CONFIG_ANSWER = "config-answer"  # what is kept, or that it could not be
CONFIG_MESSAGES = "config-messages"
CONFIG_SAVE = "config-save"
CONFIG_CHANGES = "config-changes"
TRIAL_QUESTION = "trial-question"  # the form as it stands
TRIAL_ANSWER = "trial-answer"  # whether it is valid
TRIAL_WORDS = "trial-words"
TRIAL_CHART = "trial-chart"
TRIAL_SOURCE = "trial-source"
TRIAL_LIST = "trial-list"
RULES_ERROR = "alert-rules-error"
FIELD_AMOUNT_ON = "alert-amount-on"
FIELD_AMOUNT = "alert-amount"
FIELD_PERCENTAGE_ON = "alert-percentage-on"
FIELD_PERCENTAGE = "alert-percentage"
FIELD_MINIMUM = "alert-minimum"
FIELD_JOB = "alert-job"
FIELD_HIGHLIGHTS = "alert-highlights"
FIELD_EMAIL = "alert-email"
FIELD_RECIPIENTS = "alert-recipients"
FIELD_DIGEST = "alert-digest"
FIELD_APPRISE = "alert-apprise"

# Reports: a page of its own
REPORTS_URL = "reports-url"
REPORTS_QUESTION = "reports-question"  # {deed, quiet, drawn}
REPORTS_STATE = "reports-state"  # {again_in, drawn}: seconds to the next look, and what is there
REPORTS_REMARKS = "reports-remarks"
REPORTS_MESSAGES = "reports-messages"
SCHEDULES = "schedules"
SAVED_VIEWS = "saved-views"
DELIVERIES = "deliveries"
SCHEDULE_QUESTION = "schedule-question"  # {id, new, save, seen, over}
SCHEDULE_ANSWER = "schedule-answer"  # what is kept, or that it could not be
SCHEDULE_MESSAGES = "schedule-messages"
SCHEDULE_TITLE = "schedule-title"
SCHEDULE_SAVE = "schedule-save"
SCHEDULE_CHANGES = "schedule-changes"
SCHEDULE_TRIAL = "schedule-trial"  # the form as it stands
SCHEDULE_VERDICT = "schedule-verdict"  # whether it is valid
SCHEDULE_NEXT = "schedule-next"
SCHEDULE_VIEW = "schedule-view"  # the view in words
FIELD_NAME = "schedule-name"
FIELD_SAVED_VIEW = "schedule-saved-view"
FIELD_LINK = "schedule-link"
FIELD_KIND = "schedule-kind"
FIELD_REPORT_RECIPIENTS = "schedule-recipients"
FIELD_MESSAGE = "schedule-message"
FIELD_EVERY = "schedule-every"
FIELD_WEEKDAY = "schedule-weekday"
FIELD_MONTH_DAY = "schedule-month-day"
FIELD_TIME = "schedule-time"
FIELD_ZONE = "schedule-zone"

# Reports, on the dashboard
MAIL_DIALOG = "mail-dialog"
MAIL_TRIAL = "mail-trial"  # the form as it stands: {form, token}
MAIL_VERDICT = "mail-verdict"  # whether it is valid
MAIL_ORDER = "mail-order"  # {send} or {watch}
MAIL_STATE = "mail-state"  # {id, again_in}: what became of it
MAIL_VIEW = "mail-view"
MAIL_REMARKS = "mail-remarks"
MAIL_RECIPIENTS = "mail-recipients"
MAIL_KIND = "mail-kind"
MAIL_MESSAGE = "mail-message"
MAIL_SUBJECT = "mail-subject"
MAIL_PREVIEW = "mail-preview"
MAIL_PREVIEW_STATE = "mail-preview-state"
MAIL_RESULT = "mail-result"
MAIL_CHANGES = "mail-changes"
MAIL_SEND = "mail-send"
VIEW_DIALOG = "view-dialog"
VIEW_QUESTION = "view-question"  # {query, save, over}
VIEW_ANSWER = "view-answer"
VIEW_NAME = "view-name"
VIEW_LINE = "view-line"
VIEW_RESULT = "view-result"
BUDGET_DIALOG = "budget-dialog"
BUDGET_QUESTION = "budget-question"  # {query, deed, amount, seen}
BUDGET_ANSWER = "budget-answer"
BUDGET_AMOUNT = "budget-amount"
BUDGET_LINE = "budget-line"
BUDGET_RESULT = "budget-result"
