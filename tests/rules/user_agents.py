"""What browsers and apps of people call themselves, and what machines do, with their kinds."""

CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0"
WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
IPHONE = f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) {WEBKIT}"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"
IE = "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0; .NET CLR 3.5.30729)"


def android(device: str) -> str:
    return f"Mozilla/5.0 (Linux; Android 14; {device}) {CHROME} Mobile Safari/537.36"


# whose names read like a bot's
DEVICES = (
    "CUBOT KINGKONG 9", "CUBOT_X18_Plus Build/O00623", "FOSSiBOT F106 Pro", "M bot 60 Build/NRD90M",
    "M_bot_tab_71 Build/NHG47K", "ID bot 53+", "IDbot553", "VR BOT 552 PLUS", "B BOT 550",
    "POWER BOT Build/MRA58K", "XBot_Senior Build/O11019", "XBot Senior", "XBot_Junior",
    "XBot Junior", "C Bot Tab 100", "Spider 8",
)  # fmt: skip
PEOPLE = {
    "Chrome on Windows": f"{WINDOWS} {CHROME} Safari/537.36",
    "Chrome on a Mac": f"{MAC} {CHROME} Safari/537.36",
    "Chrome on Linux": f"Mozilla/5.0 (X11; Linux x86_64) {CHROME} Safari/537.36",
    "Chrome on ChromeOS": f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {CHROME} Safari/537.36",
    "Chrome on Android": android("K"),
    "Chrome on an iPhone": f"{IPHONE} CriOS/138.0.7204.53 Mobile/15E148 Safari/604.1",
    "Edge": f"{WINDOWS} {CHROME} Safari/537.36 Edg/138.0.0.0",
    "Edge of 2016": (
        f"{WINDOWS} AppleWebKit/537.36 Chrome/52.0.2743.116 Safari/537.36 Edge/15.15063"
    ),
    "Edge on an iPhone": f"{IPHONE} Version/18.0 EdgiOS/138.0 Mobile/15E148 Safari/604.1",
    "Firefox on Windows": f"{WINDOWS[:-1]}; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Firefox on Linux": (
        "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
    ),
    "Firefox on Android": "Mozilla/5.0 (Android 14; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0",
    "Firefox on an iPhone": f"{IPHONE} FxiOS/140.0 Mobile/15E148 Safari/605.1.15",
    "Safari on a Mac": f"{MAC} {WEBKIT} Version/18.5 Safari/605.1.15",
    "Safari on an iPhone": f"{IPHONE} Version/18.5 Mobile/15E148 Safari/604.1",
    "Safari on an iPad": (
        f"Mozilla/5.0 (iPad; CPU OS 17_6 like Mac OS X) {WEBKIT} Version/17.6 Mobile/15E148 "
        "Safari/604.1"
    ),
    "Opera": f"{WINDOWS} {CHROME} Safari/537.36 OPR/121.0.0.0",
    "Opera Mini": (
        "Opera/9.80 (Android; Opera Mini/36.2/119.132; U; ja) Presto/2.12.423 Version/12.16"
    ),
    "Vivaldi": f"{WINDOWS} {CHROME} Safari/537.36 Vivaldi/7.4.3684.50",
    "Brave of 2019": f"{MAC} AppleWebKit/537.36 Brave Chrome/76.0.3809.132 Safari/537.36",
    "DuckDuckGo": f"{IPHONE} Version/18.5 Mobile/15E148 DuckDuckGo/7 Safari/605.1.15",
    "Yandex browser": f"{WINDOWS} {CHROME} YaBrowser/25.6.0.0 Safari/537.36",
    "Coc Coc browser": f"{WINDOWS} {CHROME} Safari/537.36 coc_coc_browser/138.0.150",
    "Whale of Naver": f"{WINDOWS} {CHROME} Whale/4.32.315.22 Safari/537.36",
    "UC browser": (
        "Mozilla/5.0 (Linux; U; Android 9; en-US; RMX1801) AppleWebKit/537.36 Version/4.0 "
        "Chrome/78.0 UCBrowser/13.4.0.1306 Mobile Safari/537.36"
    ),
    "Baidu app": (
        f"{IPHONE} Mobile/15E148 SP-engine/3.30.0 main/1.0 baiduboxapp/14.30.0.10 (Baidu; P2 18.5)"
    ),
    "QQ browser": f"{WINDOWS} {CHROME} Safari/537.36 Core/1.116 QQBrowser/19.4.6579.400",
    "Sogou browser": (
        "Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.36 Chrome/58.0 Safari/537.36 SE "
        "2.X MetaSr 1.0"
    ),
    "Samsung internet": (
        "Mozilla/5.0 (Linux; Android 14; SAMSUNG SM-S921B) AppleWebKit/537.36 "
        "SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36"
    ),
    "MIUI browser": (
        "Mozilla/5.0 (Linux; U; Android 13; ja-jp; Redmi Note 12 Pro) AppleWebKit/537.36 "
        "Version/4.0 Chrome/112.0 Mobile Safari/537.36 XiaoMi/MiuiBrowser/14.10"
    ),
    "Silk on a Fire tablet": (
        "Mozilla/5.0 (Linux; Android 9; KFMAWI) AppleWebKit/537.36 Silk/120.4.1 like "
        "Chrome/120.0 Safari/537.36"
    ),
    "Huawei browser": android("NOH-NX9").replace("Mobile", "HuaweiBrowser/15.0.4 Mobile"),
    "Android WebView": (
        "Mozilla/5.0 (Linux; Android 13; SC-51C Build/TP1A.220624.014; wv) "
        "AppleWebKit/537.36 Version/4.0 Chrome/137.0 Mobile Safari/537.36"
    ),
    "Android browser of 2012": (
        "Mozilla/5.0 (Linux; U; Android 4.0.3; ja-jp; SO-03D Build/6.1.A) AppleWebKit/534.30 "
        "Version/4.0 Mobile Safari/534.30"
    ),
    "LINE on Android": android("SO-52C").replace(") Apple", "; wv) Apple") + " Line/15.9.1/IAB",
    "LINE on an iPhone": f"{IPHONE} Mobile/15E148 Safari Line/15.9.1",
    "Yahoo Japan on an iPhone": f"{IPHONE} Mobile/15E148 YJApp-IOS jp.co.yahoo.ipn.appli/4.145.0",
    "Yahoo Japan on Android": android("F-52B") + " YJApp-ANDROID jp.co.yahoo.android.yjtop/3.180.1",
    "Facebook on Android": android("Pixel 8") + " [FB_IAB/FB4A;FBAV/516.0.0.45.102;]",
    "Facebook on an iPhone": (
        f"{IPHONE} Mobile/15E148 [FBAN/FBIOS;FBAV/515.0.0.45;FBDV/iPhone15,2;FBMD/iPhone]"
    ),
    "Messenger": f"{IPHONE} Mobile/15E148 [FBAN/MessengerForiOS;FBAV/510.0.0.34]",
    "Instagram on an iPhone": (
        f"{IPHONE} Mobile/15E148 Instagram 384.0.0.29 (iPhone15,2; iOS 18_5; ja_JP)"
    ),
    "Instagram on a Redmi": (
        android("22101316G")
        + " Instagram 308.0.0.36 Android (33/13; Xiaomi/Redmi; 22101316G; ruby; mt6877; en_IN)"
    ),
    "Instagram on a Moto": (
        android("moto g(20)")
        + " Instagram 290.0.0.1 Android (30/11; motorola; moto g(20); java; ums512)"
    ),
    "X on an iPhone": f"{IPHONE} Mobile/15E148 Twitter for iPhone/11.4",
    "LinkedIn": f"{IPHONE} Mobile/15E148 [LinkedInApp]/9.31.5282",
    "Pinterest": f"{IPHONE} Mobile/15E148 [Pinterest/iOS]",
    "Snapchat": f"{IPHONE} Mobile/15E148 Snapchat/13.45.0.45 (like Safari/8619.1)",
    "TikTok": (
        android("SM-A546E")
        + " trill_2023905040 JsSdk/1.0 NetType/WIFI AppName/musical_ly ByteLocale/ja"
    ),
    "WeChat": (
        android("V2243A") + " XWEB/1300073 MMWEBSDK/20230805 MicroMessenger/8.0.42 NetType/4G"
    ),
    "KakaoTalk": android("SM-G991N") + " KAKAOTALK 11.2.1 (INAPP)",
    "Naver app": f"{IPHONE} Mobile/15E148 Safari/605.1 NAVER(inapp; search; 2000; 12.12.0)",
    "Daum app": android("SM-G991N") + " DaumApps/6.5.0 DaumDevice/mobile",
    "Google app": f"{IPHONE} GSA/375.0 Mobile/15E148 Safari/604.1",
    "Bing app": f"{IPHONE} Version/18.0 Mobile/15E148 Safari/605.1.15 BingSapphire/31.4",
    "Ibotta": f"{IPHONE} Mobile/15E148 Ibotta/8.90",
    "SmartNews": f"{IPHONE} Mobile/15E148 SmartNews/25.5.20",
    "Slack on the desktop": (
        f"{WINDOWS} {CHROME} Electron/36.4.0 Safari/537.36 Slack/4.44.60 Sonic Slack_SSB/4.44.60"
    ),
    "Teams on the desktop": (
        f"{WINDOWS} {CHROME} Teams/25163.3001 Safari/537.36 Edg/138.0 TeamsMobile"
    ),
    "Teams of 2021": (
        f"{WINDOWS} AppleWebKit/537.36 Teams/1.4.00.11161 Chrome/85.0.4183.121 "
        "Electron/10.4.3 Safari/537.36"
    ),
    "WhatsApp on the desktop": f"{MAC} {CHROME} WhatsApp/1.2.3 Electron/28.1 Safari/537.36",
    "ChatGPT on the desktop": f"{MAC} {WEBKIT} ChatGPT/1.2025.160 (Mac OS X 15.5)",
    "Notion on the desktop": f"{MAC} {CHROME} Notion/4.12.0 Electron/36.2 Safari/537.36",
    "Postman's own browser": f"{MAC} {CHROME} Postman/11.50.0 Electron/32.3 Safari/537.36",
    "Lotus Notes": "Mozilla/4.0 (compatible; Lotus-Notes/6.0; Windows-NT)",
    "Outlook": f"{IE[:-1]}; Microsoft Outlook 16.0.5000; ms-office; MSOffice 16)",
    "Internet Explorer 6": "Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1; SV1)",
    "Internet Explorer 8": IE,
    "Internet Explorer 11": "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko",
    "Internet Explorer of a bank": (
        "Mozilla/5.0 (Windows NT 6.1; WOW64; Trident/7.0; Banca Caboto s.p.a.; rv:11.0) like Gecko"
    ),
    "Windows Phone": (
        "Mozilla/5.0 (Windows Phone 10.0; Android 6.0.1; Microsoft; Lumia 950) "
        "AppleWebKit/537.36 Chrome/52.0 Mobile Safari/537.36 Edge/15.15254"
    ),
    "BlackBerry": (
        "Mozilla/5.0 (BB10; Touch) AppleWebKit/537.35+ Version/10.3.2.2639 Mobile Safari/537.35+"
    ),
    "flip phone of DoCoMo": "DoCoMo/2.0 F02B(c500;TB;W24H16)",
    "flip phone of KDDI": "KDDI-SN3X UP.Browser/6.2_7.2.7.1.K.8.160 (GUI) MMP/2.0",
    "flip phone with Java": (
        "LG/KP500/v1.0 Teleca/Q7.0 MIDP-2.0/CLDC-1.1 Java/Jbed/7.0 Profile/MIDP-2.0"
    ),
    "television of Samsung": (
        "Mozilla/5.0 (SMART-TV; Linux; Tizen 7.0) AppleWebKit/537.36 SamsungBrowser/2.1 "
        "Chrome/94.0 TV Safari/537.36"
    ),
    "television of LG": (
        "Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 Chrome/108.0 Safari/537.36 "
        "WebAppManager"
    ),
    "television of Sony": (
        "Mozilla/5.0 (Linux; Android 10; BRAVIA 4K VH2) AppleWebKit/537.36 Chrome/120.0 "
        "Safari/537.36 OPR/46.0"
    ),
    "television of Botech": (
        "Mozilla/5.0 (Linux; Android 9; ATV R1) AppleWebKit/537.36 Chrome/77.0 Safari/537.36 "
        "HbbTV/1.5.1 (+DRM;BOTECH;ATV R1;)"
    ),
    "PlayStation": (
        "Mozilla/5.0 (PlayStation; PlayStation 5/6.50) AppleWebKit/605.1.15 Version/13.0 "
        "Safari/605.1.15"
    ),
    "Nintendo Switch": (
        "Mozilla/5.0 (Nintendo Switch; WebApplet) AppleWebKit/609.4 NF/6.0.3.15.4 "
        "NintendoBrowser/5.1.0.22474"
    ),
    "car of Tesla": (
        "Mozilla/5.0 (X11; GNU/Linux) AppleWebKit/537.36 Chromium/109.0 Chrome/109.0 "
        "Safari/537.36 Tesla/2025.20.7"
    ),
    "phone of HTC in Instagram": (
        android("HTC Desire 22 pro")
        + " Instagram 267.0 Android (31/12; HTC; HTC Desire 22 pro; htc_botdugls; qcom)"
    ),
}
PEOPLE |= {device: android(device) for device in DEVICES}
MACHINES = {
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)": "crawler",
    "Mozilla/5.0 (compatible; Google-InspectionTool/1.0;)": "crawler",
    "Mozilla/5.0 (compatible; Y!J-BRW/1.0; https://www.yahoo-help.jp/)": "crawler",
    "GoogleOther": "crawler",
    "Mozilla/5.0 (compatible; Yeti/1.1; +https://naver.me/spd)": "crawler",
    "ia_archiver-web.archive.org": "crawler",
    "facebookexternalhit/1.1;line-poker/1.0": "preview",
    "Slack-ImgProxy (+https://api.slack.com/robots)": "preview",
    f"{WINDOWS} SkypeUriPreview Preview/0.5": "preview",
    "WhatsApp/2.24.10.85 A": "preview",
    "Chatwork LinkPreview v1": "preview",
    "Hatena::Russia::Crawler/0.01": "preview",
    f"{WINDOWS} {CHROME} Safari/537.36 PTST/240101.120000": "monitor",
    f"{MAC} {CHROME} Safari/537.36 Chrome-Lighthouse": "monitor",
    "Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)": "monitor",
    "Pingdom.com_bot_version_1.4_(http://www.pingdom.com/)": "monitor",
    "curl/8.5.0": "library",
    "python-requests/2.32.3": "library",
    "Python/3.12 aiohttp/3.10.5": "library",
    "Go-http-client/2.0": "library",
    "okhttp/4.12.0": "library",
    "Java/17.0.9": "library",
    "axios/1.7.2": "library",
    f"{WINDOWS} AppleWebKit/538.1 PhantomJS/2.1.1 Safari/538.1": "library",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2)": "ai_agent",
    "Mozilla/5.0 (compatible; OAI-SearchBot/1.0; +https://openai.com/searchbot)": "ai_agent",
    "Mozilla/5.0 (compatible; ChatGPT-User/1.0; +https://openai.com/bot)": "ai_agent",
    "Mozilla/5.0 (compatible; ClaudeBot/1.0; +claudebot@anthropic.com)": "ai_agent",
    "Claude-User (claude-code/2.1; +https://support.anthropic.com/)": "ai_agent",
    "Mozilla/5.0 (compatible; PerplexityBot/1.0)": "ai_agent",
    "Mozilla/5.0 (compatible; Perplexity-User/1.0)": "ai_agent",
    "Mozilla/5.0 (Linux; Android 5.0) (compatible; Bytespider; spider@bytedance.com)": "ai_agent",
    "Mozilla/5.0 (compatible; Amazonbot/0.1)": "ai_agent",
    "meta-externalagent/1.1 (+https://developers.facebook.com/docs/sharing/)": "ai_agent",
    f"Mozilla/5.0 (X11; Linux x86_64) {CHROME} (compatible; Google-Agent)": "ai_agent",
    "Mozilla/5.0 (compatible; MistralAI-User/1.0)": "ai_agent",
    "Mozilla/5.0 (compatible; DuckAssistBot/1.2)": "ai_agent",
    "Mozilla/5.0 (compatible; SBIntuitionsBot/0.1; +https://www.sbintuitions.co.jp/bot/)": (
        "ai_agent"
    ),
}
