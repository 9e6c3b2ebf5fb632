/** The people in a call, for the inspector. */
export default {
  tab: "人员",
  here: "在场 {n} 人",
  left: "已离开：{names}",
  invite: "邀请更多人",
  silenced: "已被静音",
  observing: "旁听，不发送画面和声音",
  isLarge: "正在放大显示",
  makeLarge: "放大 {name} 的画面",
  silence: "静音：{name}",
  letSpeak: "取消静音：{name}",
  remove: {
    action: "移出：{name}",
    title: "把 {name} 移出本次勘验？",
    text: "对方立即退出，链接失效，不能再次进入。已录下的影像会保留。需要时可以重新邀请。",
    site: "这是现场的手机。移出后现场画面立即中断，链接失效；企业也不能再用它查看结果、签署笔录。已录下的影像会保留。要继续勘验，须重新邀请企业。",
    confirm: "移出",
  },
  colleague: {
    title: "同事（有本系统账号）",
    text: "本单位的勘验员登录后打开这个地址即可加入，无需邀请链接。",
    address: "本次勘验的地址",
    copy: "复制本次勘验的地址",
  },
};
