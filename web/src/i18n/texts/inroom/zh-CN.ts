/** The people in the call and the expert's opinions, on the phone. */
export default {
  here: "{n} 人在场",
  me: "我",
  away: "网络中断",
  observing: "旁听，不发送画面和声音",
  silencedState: "被勘验员静音",
  roles: { inspector: "勘验员", enterprise: "企业人员", helper: "帮办员", expert: "专家", observer: "观察员", device: "摄像设备", screen: "大屏" },
  watching: {
    label: "旁听勘验",
    nothing: "还没有画面",
    note: "您正在旁听，不发送画面和声音。在场的人都能看到您。",
  },
  opinions: {
    button: "写意见",
    title: "专家意见",
    text: "逐项写下您的意见，提交后勘验员立即看到，并写入笔录。提交后不能修改，可以再补充。",
    now: "正在查看",
    count: "已写 {n} 条",
    given: "{time} 已提交",
    write: "您的意见",
    add: "补充意见",
    send: "提交意见",
    sending: "正在提交…",
    problems: {
      part_concluded: "这一项已有结论，不能再写意见。如有必要，请口头告诉勘验员。",
      record_signed: "笔录已签字，不能再写意见。",
      network_unreachable: "没有连上服务器，您写的内容还在，请重试。",
      request_timed_out: "服务器没有及时回应，您写的内容还在，请重试。",
      other: "没有提交成功，您写的内容还在，请重试。",
    },
  },
};
