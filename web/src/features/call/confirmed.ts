/** The question before a call is ended or left. */
import { ElMessageBox } from "element-plus";

import "./call-confirm.css";

export async function confirmed(title: string, text: string, confirm: string, stay: string): Promise<boolean> {
  try {
    await ElMessageBox.confirm(text, title, {
      confirmButtonText: confirm,
      cancelButtonText: stay,
      confirmButtonClass: "el-button--danger",
      customClass: "call-confirm",
      type: "warning",
      autofocus: false,
    });
    return true;
  } catch {
    // Element Plus rejects with "cancel" or "close": both mean no.
    return false;
  }
}
