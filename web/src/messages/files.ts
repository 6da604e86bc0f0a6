/** Each message in both languages side by side: [简体中文, English]. */
export const files = {
  "file.choose": ["选择或拖入文件", "Choose or drop files"],
  "file.sending": ["正在上传…", "Uploading…"],
  "file.sendingShare": ["上传中 {share}%", "Uploading, {share}%"],
  "file.remove": ["移除 {name}", "Remove {name}"],
  "file.sign": ["在此签名", "Sign here"],
  "file.accepted": ["确认签名", "Accept signature"],
  "file.most": ["最多个数", "How many at most"],
  "file.maxMb": ["每个最大（MB）", "Largest (MB)"],
  "file.accept": ["允许的后缀", "Endings taken"],
  "file.acceptHint": ["如 pdf, docx；留空为不限", "For example pdf, docx; all when empty"],
} as const;
