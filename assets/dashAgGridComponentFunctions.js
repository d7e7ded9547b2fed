// Cells that are more than a text. React writes names as text: markup in a name stays a name.
window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {};

(function (parts) {
  "use strict";
  const draw = (...all) => window.React.createElement(...all);

  function tag(words, hint) {
    return draw("span", { className: "tag", title: hint, key: words }, words);
  }

  // Why the row is an alert; "early" while the cost of its days may still change.
  function alert_tags({ alert }) {
    if (!alert) {
      return [];
    }
    const of = (words, hint, kind) => draw("span", { className: `tag tag--${kind}`, title: hint, key: kind }, words);
    const early = "Its days are not complete: the cost may still change";
    return [of(alert.words, alert.hint, "alert"), ...(alert.early ? [of("early", early, "early")] : [])];
  }

  function tags(row) {
    const found = alert_tags(row);
    if (row.run_id === undefined) {
      return found;
    }
    if (row.first_date && row.first_date !== row.last_date) {
      found.push(tag("over midnight", "The run has records on more than one UTC day"));
    }
    if (row.unknown_ec2_records > row.serverless_records) {
      found.push(tag("EC2 not in yet", "AWS bills a day or two later: the total will still grow"));
    }
    return found;
  }

  // To the page of the job; its address takes the view along: see assets/actions.js.
  function job_link({ workspace_id, job_id }, name) {
    const ids = workspace_id ? [workspace_id, job_id] : [job_id];
    const path = `/job/${ids.map(encodeURIComponent).join("/")}`;
    const words = `Open the page of ${name || `job ${job_id}`}`;
    const arrow = draw("span", { className: "icon icon--chevron-right", "aria-hidden": true });
    const more = { "data-job": path, title: words, "aria-label": words, tabIndex: -1 };
    return draw("a", { className: "job-link", href: path, key: "page", ...more }, arrow);
  }

  parts.JobCell = function ({ data, node, value }) {
    if (!data) {
      return draw("span", { className: "skeleton skeleton--cell" });
    }
    if (node.rowPinned) {
      return draw("strong", null, value ?? "");
    }
    const name = value
      ? draw("span", { className: "job-name", dir: "auto", title: value }, value)
      : draw("span", { className: "job-name job-name--none", title: "This job has no name" }, `job ${data.job_id}`);
    return draw("span", { className: "job-cell" }, name, job_link(data, value), tags(data));
  };

  parts.DayCell = function (params) {
    const { data, node } = params;
    const words = window.dashAgGridFunctions.cells.day(params);
    return draw("span", { className: "job-cell" }, words, data && !node.rowPinned ? alert_tags(data) : null);
  };

  // How a job changed: dollars, and per cent or a word. See dashboard/grid_rows.py.
  parts.ChangeCell = function ({ data, value }) {
    if (!data?.moved) {
      return null;
    }
    const { words, way, hint } = data.moved;
    const dollars = window.dashAgGridFunctions.cells.change(value);
    const cost = draw("span", { className: `change--${way}`, key: "cost" }, dollars);
    const share = draw("span", { className: "change-cell__share", key: "share" }, words);
    return draw("span", { className: "change-cell", title: hint || undefined }, [cost, share]);
  };

  parts.SplitBar = function ({ data }) {
    if (!data) {
      return null;
    }
    const costs = { databricks: Math.max(Number(data.databricks_cost), 0), ec2: Math.max(Number(data.ec2_cost), 0) };
    const whole = costs.databricks + costs.ec2;
    const bars = Object.entries(costs)
      .filter(([, cost]) => cost > 0)
      .map(([kind, cost]) =>
        draw("span", { key: kind, className: `bar__part bar__part--${kind}`, style: { width: `${(cost / whole) * 100}%` } }),
      );
    return draw("div", { className: "bar bar--cell", "aria-hidden": true }, bars);
  };
})(window.dashAgGridComponentFunctions);
