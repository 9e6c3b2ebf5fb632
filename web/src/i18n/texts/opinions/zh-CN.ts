/** Experts' opinions beside the checklist. */
export default {
  title: "专家意见",
  jump: "查看这一秒的录像",
  count: "{n} 条专家意见",
  came: "{name} 对“{point}”写了意见",
};
