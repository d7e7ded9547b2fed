// How the grid shows values. Costs come as decimal texts and are rounded exactly, half up.
window.dashAgGridFunctions = window.dashAgGridFunctions || {};

(function () {
  "use strict";
  const unknown = "—";
  const dollars = new Intl.NumberFormat("en-US", {
    style: "currency",
    currency: "USD",
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
  });
  const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

  function usd(text) {
    if (text === undefined) {
      return ""; // the total row has no sum of averages
    }
    if (text === null) {
      return unknown;
    }
    return dollars.format(text).replace("-", "\u2212").replace(/^\u2212(\$0\.00)$/, "$1");
  }

  function parts(text) {
    const [year, month, day] = text.slice(0, 10).split("-").map(Number);
    return { year, month: months[month - 1], day };
  }

  const cells = {
    money: (params) => (params.data ? usd(params.value) : ""),
    moneyHint: (params) => {
      if (!params.data || params.value !== null) {
        return params.value && params.value !== undefined ? `$${params.value}` : null;
      }
      if (params.colDef.field !== "ec2_cost") {
        return "Not known";
      }
      return params.data.unknown_ec2_records === params.data.serverless_records
        ? "No EC2 cost of its own: serverless, it is inside the Databricks price"
        : "EC2 cost not known yet: AWS bills a day or two later";
    },
    change: (text) => {
      const said = usd(text);
      return Number(text) > 0 && said !== "$0.00" ? `+${said}` : said;
    },
    count: (params) => (params.value === null || params.value === undefined ? "" : Number(params.value).toLocaleString("en-US")),
    text: (params) => params.value ?? "",
    id: (params) => params.value ?? "",
    cluster: (params) => {
      if (!params.data || params.node?.rowPinned) {
        return params.value ?? "";
      }
      if (params.data.clusters > 1) {
        return `${params.data.clusters} clusters`;
      }
      return params.value ?? "serverless";
    },
    day: (params) => {
      if (!params.value || params.node?.rowPinned) {
        return params.value ?? "";
      }
      const { day, month, year } = parts(params.value);
      return `${day} ${month} ${year}`;
    },
    days: (params) => {
      if (!params.value) {
        return "";
      }
      const last = parts(params.value);
      const first = parts(params.data.first_date);
      const is_run = params.data.run_id !== undefined;
      if (!is_run || params.data.first_date === params.value) {
        return `${last.day} ${last.month} ${last.year}`;
      }
      const start = first.month === last.month ? `${first.day}` : `${first.day} ${first.month} `;
      return `${start}–${last.day} ${last.month} ${last.year}`;
    },
  };

  // Rows that are an alert, and those whose days are not final: see services/alert_marks.py.
  cells.isAlert = ({ data }) => Boolean(data?.alert && !data.alert.early);
  cells.isEarly = ({ data }) => Boolean(data?.alert?.early);

  // The arrows go from cell to cell; Tab goes on to what follows the table.
  cells.tabOut = () => false;

  window.dashAgGridFunctions.cells = cells;
  window.dashAgGridFunctions.spendTheme = (quartz) =>
    quartz.withParams({
      fontFamily: "inherit",
      fontSize: 13,
      headerFontSize: 13,
      headerFontWeight: 400,
      backgroundColor: "var(--card)",
      foregroundColor: "var(--ink)",
      headerBackgroundColor: "var(--card)",
      headerTextColor: "var(--ink-3)",
      chromeBackgroundColor: "var(--card)",
      borderColor: "var(--line)",
      rowHoverColor: "var(--hover)",
      selectedRowBackgroundColor: "var(--hover)",
      accentColor: "var(--accent)",
      menuBackgroundColor: "var(--card)",
      inputBackgroundColor: "var(--card)",
      wrapperBorder: false,
      headerRowBorder: true,
      rowBorder: true,
      columnBorder: false,
      headerColumnResizeHandleColor: "var(--line)",
      rowHeight: 40,
      headerHeight: 40,
      cellHorizontalPadding: 14,
      wrapperBorderRadius: 0,
    });
})();
