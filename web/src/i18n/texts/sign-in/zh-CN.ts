export default {
  title: "登录",
  lead: "远程视频勘验，影像全程留存",
  name: "用户名",
  password: "密码",
  submit: "登录",
  submitting: "正在登录…",
  expired: "登录已过期，请重新登录。登录后会回到刚才的页面。",
  missing: "请输入用户名和密码。",
};
