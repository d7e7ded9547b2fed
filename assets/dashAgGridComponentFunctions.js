// Cells that are more than a text. React writes names as text: markup in a name stays a name.
window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {};

(function (parts) {
  "use strict";
  const draw = (...all) => window.React.createElement(...all);

  function tag(words, hint) {
    return draw("span", { className: "tag", title: hint, key: words }, words);
  }

  function tags(row) {
    const found = [];
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
