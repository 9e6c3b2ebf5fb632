/** 勘验员一侧的文字交流。 */
export default {
  tab: "文字",
  unread: "{n} 条未读",
  list: "文字交流",
  empty: "还没有文字。对方听不清或不方便说话时，可以打字，大家都能看到。",
  own: "我",
  write: "输入文字，回车发送",
  send: "发送",
  sending: "正在发送，网络恢复后自动重发",
  refused: "没有发出：{why}",
  giveUp: "不再发送",
  came: "{name}：{text}",
  phrases: {
    label: "常用语",
    list: {
      hear: "您能听到我说话吗？",
      sign: "请把证照放到镜头前",
      slower: "请慢一点移动",
      closer: "请再靠近一些",
      there: "请看画面上标注的地方",
      wait: "请稍等",
      thanks: "好的，谢谢",
    },
  },
};
