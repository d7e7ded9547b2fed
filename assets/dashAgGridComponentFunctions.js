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
    return draw("span", { className: "job-cell" }, name, tags(data));
  };

  parts.DayCell = function (params) {
    const { data, node } = params;
    const words = window.dashAgGridFunctions.cells.day(params);
    return draw("span", { className: "job-cell" }, words, data && !node.rowPinned ? alert_tags(data) : null);
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
