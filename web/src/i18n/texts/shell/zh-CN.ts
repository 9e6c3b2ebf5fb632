export default {
  skip: "跳到主要内容",
  nav: { label: "主导航", cases: "办件" },
  signOut: "退出登录",
  notLoaded: "这个页面没有加载出来：网络可能暂时中断，或者系统刚刚更新。",
  stillSignedIn: "您还没有退出。{reason}",
  page: { call: "勘验通话", replay: "勘验回放" },
  notFound: { title: "没有这个页面", text: "地址可能输错了，或页面已移走。", back: "回到办件列表" },
};
